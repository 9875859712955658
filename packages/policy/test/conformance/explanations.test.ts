import { applySuggestion, authorize, compilePolicy, definition, explain } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { authorityOf, type Case, conditionKeysOf, principalOf } from './cases.ts'
import { present, readShared } from './shared.ts'

const cases: Case[] = present ? JSON.parse(readShared('aws/authz-cases.json')).cases : []

describe.skipIf(!present)('the published decision cases, explained', () => {
  for (const one of cases.filter(({ expect }) => expect.decision !== 'ERROR')) {
    test(`${one.id}: ${one.title}`, () => {
      const conditionKeys = conditionKeysOf(one)
      const request = {
        principal: principalOf(one),
        action: one.action,
        resource: one.resource,
        conditionKeys,
      }
      const authority = authorityOf(one, compilePolicy)
      const explanation = explain(authority, request)
      expect(explain(authorityOf(one, definition), request)).toStrictEqual(explanation)
      const { decision, layer } = authorize(authority, request)
      expect([explanation.outcome.decision, explanation.outcome.layer]).toEqual([decision, layer])
      for (const suggestion of explanation.suggestions) {
        const after = applySuggestion(suggestion, authority, request)
        expect(after && authorize(after.authority, after.request).decision).toBe('Allow')
      }
      if (decision === 'ImplicitDeny' && layer !== 'cross-account') {
        expect(explanation.suggestions, 'something would help').not.toEqual([])
      }
    })
  }
})
