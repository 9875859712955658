import { authorize, compilePolicy, definition, type Form, type Policy } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { authorityOf, type Case, conditionKeysOf, policyTypes, principalOf } from './cases.ts'
import { present, readShared } from './shared.ts'

const cases: Case[] = present ? JSON.parse(readShared('aws/authz-cases.json')).cases : []

/** Some calls need several actions at once; the first that is refused is the answer. */
function actionsOf({ action, request }: Case): string[] {
  return action === 'kms:CreateKey' && request?.Tags ? [action, 'kms:TagResource'] : [action]
}

function answer(one: Case, makeForm: (policy: Policy) => Form) {
  const authority = authorityOf(one, makeForm)
  for (const action of actionsOf(one)) {
    const principal = principalOf(one)
    const conditionKeys = conditionKeysOf(one)
    const { decision, layer } = authorize(authority, {
      principal,
      action,
      resource: one.resource,
      conditionKeys,
    })
    if (decision === 'Allow') continue
    const kind = decision === 'ExplicitDeny' ? 'explicit' : 'implicit'
    return { decision: 'DENY', kind, policyType: policyTypes[layer] }
  }
  return { decision: 'ALLOW' }
}

describe.skipIf(!present)('the published decision cases', () => {
  for (const one of cases.filter(({ expect }) => expect.decision !== 'ERROR')) {
    test(`${one.id}: ${one.title}`, () => {
      expect(answer(one, definition)).toEqual(one.expect)
      expect(answer(one, compilePolicy)).toEqual(one.expect)
    })
  }
})
