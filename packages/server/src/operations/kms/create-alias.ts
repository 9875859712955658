import { findOwnKey } from '../../access/find-key.ts'
import { requireState } from '../../keys/key-state.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { KeySubject } from '../on-key.ts'
import type { Operation } from '../operation.ts'
import { requireAliasName } from './alias-name.ts'
import { aliasNeeds, ownAliasArn } from './alias-needs.ts'
import { requireAliasRoom } from './alias-room.ts'

type Types = KmsOperations['CreateAlias']

export const createAlias: Operation<Types['input'], Types['output'], KeySubject> = {
  service: 'kms',
  name: 'CreateAlias',
  summary: 'Gives a key a further name.',
  defaults: {},
  check: (input) => requireAliasName(input.AliasName),
  async find(input, call, { catalog }) {
    const key = await findOwnKey(input.TargetKeyId, { call, catalog, action: 'kms:CreateAlias' })
    return { key, keys: [key], otherResources: [ownAliasArn(input.AliasName, call)] }
  },
  needs: (input, { key }, call) => aliasNeeds('kms:CreateAlias', input.AliasName, [key], call),
  require: (_input, { key }) => requireState('CreateAlias', key),
  async handle({ input, subject: { key }, call, parts, changes }) {
    const { account, region, keyId } = key.key
    if (await parts.catalog.alias(account, region, input.AliasName)) {
      throw new Refusal(
        'AlreadyExistsException',
        `An alias with the name ${ownAliasArn(input.AliasName, call)} already exists`,
      )
    }
    requireAliasRoom(key, parts)
    changes.add('alias', {
      account,
      region,
      name: input.AliasName,
      targetKeyId: keyId,
      createdAt: call.now,
      updatedAt: call.now,
    })
    // The count above was true of this key; another alias made meanwhile moves it.
    changes.replace('key', key.stored, key.key)
    return {}
  },
}
