import {
  type Authority,
  authorize,
  compilePolicy,
  noConditionKeys,
  type PolicyKind,
  parsePolicy,
} from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { findCaller, home, key } from './decisions/callers.ts'

/** Whom the policies of an organization do not bind. */
function form(kind: PolicyKind, statement: object) {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), kind)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compilePolicy(parsed.policy)
}

const everything = { Action: 'kms:*', Resource: '*' }
const keyPolicy = form('key-policy', { Effect: 'Allow', Principal: { AWS: home }, ...everything })
const serviceControlPolicies = [
  [{ name: 'scp', form: form('service-control-policy', { Effect: 'Deny', ...everything }) }],
]
const resourceControlPolicies = [
  [{ name: 'rcp', form: form('resource-control-policy', { Effect: 'Deny', Principal: '*', ...everything }) }],
]

function decide(more: Partial<Authority>, action: string = 'kms:Decrypt'): string {
  const authority: Authority = {
    resourceAccount: home,
    keyPolicy,
    identityPolicies: [],
    grants: [],
    crossAccount: true,
    ...more,
  }
  const principal = findCaller('root')
  return authorize(authority, { principal, action, resource: key, conditionKeys: noConditionKeys }).decision
}

describe('service control policies', () => {
  test('bind the root user of a member account', () => {
    expect(decide({ serviceControlPolicies })).toBe('ExplicitDeny')
  })

  test('do not bind the management account', () => {
    expect(decide({ serviceControlPolicies, callerIsManagementAccount: true })).toBe('Allow')
  })

  test('allow nothing when a level holds none', () => {
    expect(decide({ serviceControlPolicies: [[]] })).toBe('ImplicitDeny')
  })
})

describe('resource control policies', () => {
  test('bind whoever comes to a key of a member account', () => {
    expect(decide({ resourceControlPolicies })).toBe('ExplicitDeny')
  })

  test('do not guard what the management account owns, nor keys that AWS manages', () => {
    expect(decide({ resourceControlPolicies, resourceIsManagementAccount: true })).toBe('Allow')
    expect(decide({ resourceControlPolicies, keyManager: 'AWS' })).toBe('Allow')
  })

  test('have nothing to say about an operation without a key', () => {
    const { keyPolicy: _, ...keyless }: Partial<Authority> = { keyPolicy, resourceControlPolicies }
    const authority: Authority = {
      resourceAccount: home,
      identityPolicies: [],
      grants: [],
      crossAccount: false,
      ...keyless,
    }
    const request = {
      principal: findCaller('root'),
      action: 'kms:ListKeys',
      resource: '*',
      conditionKeys: noConditionKeys,
    }
    expect(authorize(authority, request).decision).toBe('Allow')
  })
})
