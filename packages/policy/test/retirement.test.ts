import {
  type Authority,
  authorizeRetirement,
  compilePolicy,
  type Grant,
  noConditionKeys,
  type PolicyKind,
  parsePolicy,
} from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { away, findCaller, home, key } from './decisions/callers.ts'

const grant: Grant = {
  grantId: 'g1',
  issuingAccount: home,
  granteePrincipal: `arn:aws:iam::${home}:role/App`,
  retiringPrincipal: `arn:aws:iam::${away}:user/alice`,
  operations: ['Decrypt', 'RetireGrant'],
  constraints: { encryptionContextEquals: { tenant: 'blue' } },
}

function form(kind: PolicyKind, statement: object) {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), kind)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compilePolicy(parsed.policy)
}

function identity(Effect: 'Allow' | 'Deny') {
  const statement = { Effect, Action: 'kms:RetireGrant', Resource: '*' }
  return [{ name: 'own', form: form('identity-policy', statement) }]
}

const deny = { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }

function retire(caller: string, more: Partial<Authority> = {}, which: Grant = grant): string {
  const authority = { resourceAccount: home, identityPolicies: [], grants: [], crossAccount: true, ...more }
  const request = {
    principal: findCaller(caller),
    action: 'kms:RetireGrant',
    resource: key,
    conditionKeys: noConditionKeys,
  }
  const { decision, layer } = authorizeRetirement(authority, request, which)
  return decision === 'Allow' ? decision : `${decision} by ${layer}`
}

describe('who may retire a grant', () => {
  test('its retiring principal, without any policy and from any account', () => {
    expect(retire('away alice')).toBe('Allow')
    expect(retire('away session')).toBe('ImplicitDeny by key-policy')
  })

  test('its grantee, when that was granted', () => {
    expect(retire('session')).toBe('Allow')
    expect(retire('session', {}, { ...grant, operations: ['Decrypt'] })).toBe(
      'ImplicitDeny by identity-policy',
    )
  })

  test('the account that made it, by its own policies', () => {
    expect(retire('root')).toBe('Allow')
    expect(retire('bob')).toBe('ImplicitDeny by identity-policy')
    expect(retire('bob', { identityPolicies: identity('Allow') })).toBe('Allow')
  })

  test('an account that was named as retiring principal, by its own policies', () => {
    const delegated = { ...grant, retiringPrincipal: `arn:aws:iam::${away}:root` }
    expect(retire('away root', {}, delegated)).toBe('Allow')
    expect(retire('away alice', {}, delegated)).toBe('ImplicitDeny by identity-policy')
    expect(retire('away alice', { identityPolicies: identity('Allow') }, delegated)).toBe('Allow')
  })

  test('nobody whom only an identity policy allows', () => {
    expect(retire('away session', { identityPolicies: identity('Allow') })).toBe('ImplicitDeny by key-policy')
  })

  test('nobody whom an identity policy denies, while key policy and RCP have no say', () => {
    expect(retire('away alice', { identityPolicies: identity('Deny') })).toBe(
      'ExplicitDeny by identity-policy',
    )
    const keyPolicy = form('key-policy', deny)
    const resourceControlPolicies = [[{ name: 'rcp', form: form('resource-control-policy', deny) }]]
    expect(retire('away alice', { keyPolicy, resourceControlPolicies })).toBe('Allow')
  })
})
