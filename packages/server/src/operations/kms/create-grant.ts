import { findPrincipal } from '../../access/find-principal.ts'
import type { RequestFacts } from '../../call/facts.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import type { GrantRecord } from '../../keys/grant.ts'
import {
  constraintsOf,
  isSameGrant,
  requireGrantConstraints,
  requireGrantOperations,
  requireGrantRules,
} from '../../keys/grant-rules.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { requireRoom } from '../../quotas/resource-quotas.ts'
import { onKey } from '../on-key.ts'
import type { Parts } from '../parts.ts'

type Input = KmsOperations['CreateGrant']['input']

export const createGrant = onKey({
  name: 'CreateGrant',
  summary: 'Lets one principal use a key for some operations, without changing any policy.',
  check: requireGrantRules,
  facts: grantFacts,
  async handle({ input, subject: { key }, call, parts, changes }) {
    requireGrantOperations(key.key, input.Operations)
    requireGrantConstraints(key.key, constraintsOf(input))
    const wanted: GrantRecord = {
      ...placeOf(key),
      grantId: Buffer.from(parts.chance.bytes(32)).toString('hex'),
      ...(await principalsOf(input, parts)),
      issuingAccount: call.caller.account,
      operations: [...new Set(input.Operations)],
      ...optional('constraints', constraintsOf(input)),
      ...optional('name', input.Name),
      createdAt: call.now,
    }
    const grant = (await sameGrant(wanted, parts)) ?? wanted
    if (grant === wanted) {
      await requireGrantRoom(key, parts)
      changes.add('grant', grant)
      // No grant of this name was on this key; another one that is made meanwhile moves it.
      if (grant.name !== undefined) changes.replace('key', key.stored, key.key)
    }
    return { GrantToken: parts.safe.grantToken(key.arn, grant.grantId), GrantId: grant.grantId }
  },
})

function grantFacts(input: Input): RequestFacts {
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn,
  } = input.Constraints ?? {}
  return {
    concernsGrants: true,
    ...optional('encryptionContext', equals ?? subset),
    grant: {
      ...(equals !== undefined && { constraintType: 'EncryptionContextEquals' as const }),
      ...(subset !== undefined && { constraintType: 'EncryptionContextSubset' as const }),
      ...optional('sourceArn', SourceArn),
      ...optional('granteePrincipal', input.GranteePrincipal),
      ...optional('granteeServicePrincipal', input.GranteeServicePrincipal),
      ...optional('retiringPrincipal', input.RetiringPrincipal),
      ...optional('retiringServicePrincipal', input.RetiringServicePrincipal),
      ...optional('constraints', constraintsOf(input)),
      operations: input.Operations,
    },
  }
}

/** Grantee and retiring principal, bound to who they are now and not to whoever has the name later. */
async function principalsOf(input: Input, { catalog }: Parts): Promise<Partial<GrantRecord>> {
  const grantee =
    input.GranteePrincipal === undefined ? undefined : await findPrincipal(input.GranteePrincipal, catalog)
  const retiring =
    input.RetiringPrincipal === undefined ? undefined : await findPrincipal(input.RetiringPrincipal, catalog)
  return {
    ...optional('granteePrincipal', input.GranteePrincipal),
    ...optional('granteeUniqueId', grantee?.uniqueId),
    ...optional('granteeServicePrincipal', input.GranteeServicePrincipal),
    ...optional('retiringPrincipal', input.RetiringPrincipal),
    ...optional('retiringUniqueId', retiring?.uniqueId),
    ...optional('retiringServicePrincipal', input.RetiringServicePrincipal),
  }
}

/** With a name, asking again for the same grant gives the grant that is there. */
async function sameGrant(wanted: GrantRecord, { catalog }: Parts): Promise<GrantRecord | undefined> {
  const { account, region, keyId, name } = wanted
  if (name === undefined) return undefined
  const named = await catalog.store.list('grant', {
    index: 'name',
    prefix: [account, region, keyId, name],
    limit: Number.MAX_SAFE_INTEGER,
  })
  return named.map(({ value }) => value).find((grant) => isSameGrant(grant, wanted))
}

/** Keys that AWS manages have room for any number of grants (AWS KMS Developer Guide, "Resource quotas"). */
async function requireGrantRoom({ key }: KeyEntry, { catalog, limits }: Parts): Promise<void> {
  const { account, region, keyId, keyManager } = key
  if (keyManager === 'AWS') return
  const inUse = await catalog.store.count('grant', { prefix: [account, region, keyId] })
  requireRoom('grantsPerKey', { account, region, inUse }, limits)
}

function placeOf({ key: { account, region, keyId } }: KeyEntry) {
  return { account, region, keyId }
}

function optional<N extends string, V>(name: N, value: V | undefined): { [M in N]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [M in N]: V })
}
