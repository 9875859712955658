import { deniedForeignKey } from '../../access/denial.ts'
import { findKey } from '../../access/find-key.ts'
import type { Call } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import { grantOf } from '../../catalog/grants.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import type { GrantRecord } from '../../keys/grant.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Stored } from '../../storage/store.ts'
import type { KeySubject } from '../on-key.ts'
import type { Operation } from '../operation.ts'
import type { Parts } from '../parts.ts'

type Types = KmsOperations['RetireGrant']
type Input = Types['input']

interface Retired extends KeySubject {
  readonly grant: Stored<GrantRecord>
}

export const retireGrant: Operation<Input, Types['output'], Retired> = {
  service: 'kms',
  name: 'RetireGrant',
  summary: 'Gives a grant up: for its grantee and its retiring principal.',
  defaults: {},
  check(input) {
    const byId = input.KeyId !== undefined && input.GrantId !== undefined
    if ((input.GrantToken !== undefined) !== byId) return
    throw new Refusal('ValidationException', 'Specify either GrantToken, or both KeyId and GrantId.')
  },
  async find(input, call, parts) {
    const { keyArn, grantId } = named(input, parts)
    const { key } = await findKey(keyArn, {
      call,
      catalog: parts.catalog,
      action: 'kms:RetireGrant',
      takesAliases: false,
    })
    const grant = await findGrant(key, grantId, { call, parts })
    return { key, keys: [key], grant }
  },
  needs: (_input, { key, grant: { value } }) => [
    {
      action: 'kms:RetireGrant',
      resource: key.arn,
      key,
      named: 'by-caller',
      facts: retirementFacts(value),
      retiring: grantOf(value),
    },
  ],
  require: () => undefined,
  async handle({ subject: { key, grant }, changes, note }) {
    const { grantId } = grant.value
    note({ grantId })
    changes.remove('grant', [key.key.account, key.key.region, key.key.keyId, grantId], grant.version)
    return {}
  },
}

function named(input: Input, { safe }: Parts): { keyArn: string; grantId: string } {
  if (input.GrantToken === undefined) return { keyArn: input.KeyId ?? '', grantId: input.GrantId ?? '' }
  const grant = safe.openGrantToken(input.GrantToken)
  if (grant === undefined) throw new Refusal('InvalidGrantTokenException', 'Invalid grant token')
  return grant
}

async function findGrant(
  key: KeyEntry,
  grantId: string,
  { call, parts: { catalog } }: { readonly call: Call; readonly parts: Parts },
): Promise<Stored<GrantRecord>> {
  const { account, region, keyId } = key.key
  const grant = await catalog.store.find('grant', [account, region, keyId, grantId])
  if (grant !== undefined) return grant
  // Of another account's key nobody learns that it is there.
  if (account !== call.caller.account) throw deniedForeignKey(call, 'kms:RetireGrant')
  throw new Refusal('NotFoundException', `Grant ID ${grantId} not found`)
}

/** Condition keys of RetireGrant speak of the grant's constraint, since the request has no context of its own. */
function retirementFacts({ constraints }: GrantRecord): RequestFacts {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints ?? {}
  if (equals !== undefined) {
    return { encryptionContext: equals, grant: { constraintType: 'EncryptionContextEquals' } }
  }
  if (subset === undefined) return {}
  return { encryptionContext: subset, grant: { constraintType: 'EncryptionContextSubset' } }
}
