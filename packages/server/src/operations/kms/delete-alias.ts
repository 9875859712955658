import type { Alias } from '../../keys/alias.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Stored } from '../../storage/store.ts'
import type { KeySubject } from '../on-key.ts'
import type { Operation } from '../operation.ts'
import { requireAliasName } from './alias-name.ts'
import { aliasNeeds, ownAliasArn } from './alias-needs.ts'
import { findAliasTarget } from './find-alias-target.ts'

type Types = KmsOperations['DeleteAlias']

export const deleteAlias: Operation<Types['input'], Types['output'], KeySubject & { stored: Stored<Alias> }> =
  {
    service: 'kms',
    name: 'DeleteAlias',
    summary: 'Takes a name off a key; the key stays as it is.',
    defaults: {},
    check: (input) => requireAliasName(input.AliasName),
    async find(input, call, parts) {
      const { alias, target: key } = await findAliasTarget(input.AliasName, call, parts)
      return { key, stored: alias, keys: [key], otherResources: [ownAliasArn(input.AliasName, call)] }
    },
    needs: (input, { key }, call) => aliasNeeds('kms:DeleteAlias', input.AliasName, [key], call),
    require: () => undefined,
    async handle({ subject: { stored }, changes }) {
      const { account, region, name } = stored.value
      changes.remove('alias', [account, region, name], stored.version)
      return {}
    },
  }
