import { findOwnKey } from '../../access/find-key.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import type { Alias } from '../../keys/alias.ts'
import { requireState } from '../../keys/key-state.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Stored } from '../../storage/store.ts'
import type { Operation, Subject } from '../operation.ts'
import { requireAliasName } from './alias-name.ts'
import { aliasNeeds, ownAliasArn } from './alias-needs.ts'
import { requireAliasRoom } from './alias-room.ts'
import { findAliasTarget } from './find-alias-target.ts'

type Types = KmsOperations['UpdateAlias']

interface Move extends Subject {
  readonly alias: Stored<Alias>
  readonly from: KeyEntry
  readonly to: KeyEntry
}

export const updateAlias: Operation<Types['input'], Types['output'], Move> = {
  service: 'kms',
  name: 'UpdateAlias',
  summary: 'Has an alias stand for another key of the same kind.',
  defaults: {},
  check: (input) => requireAliasName(input.AliasName),
  async find(input, call, parts) {
    const { alias, target: from } = await findAliasTarget(input.AliasName, call, parts)
    const to = await findOwnKey(input.TargetKeyId, {
      call,
      catalog: parts.catalog,
      action: 'kms:UpdateAlias',
    })
    return { alias, from, to, keys: [to], otherResources: [ownAliasArn(input.AliasName, call)] }
  },
  needs: (input, { from, to }, call) => aliasNeeds('kms:UpdateAlias', input.AliasName, [from, to], call),
  require(_input, { from, to }) {
    // The table's own row depends on which of the two keys is meant; for the new one it is what it is for a new alias.
    requireState('CreateAlias', to)
    if (from.key.keySpec !== to.key.keySpec || from.key.keyUsage !== to.key.keyUsage) {
      throw new Refusal(
        'ValidationException',
        `Alias ${from.key.keySpec} ${from.key.keyUsage} cannot be changed to ${to.key.keySpec} ${to.key.keyUsage}`,
      )
    }
  },
  async handle({ subject: { alias, from, to }, call, parts, changes }) {
    if (from.arn !== to.arn) {
      requireAliasRoom(to, parts)
      changes.replace('key', to.stored, to.key)
    }
    changes.replace('alias', alias, { ...alias.value, targetKeyId: to.key.keyId, updatedAt: call.now })
    return {}
  },
}
