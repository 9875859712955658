import { expect, test } from 'vitest'
import { conditionKeyRows } from '../../server/src/access/condition-keys.ts'
import { permissionRows } from '../../server/src/access/models/permissions.ts'
import { operationFacts } from '../../server/src/access/operation-facts.ts'
import { impliedKeyNames } from '../src/policy-cases/implied-keys.ts'
import { kmsActionByName } from '../src/policy-cases/kms-actions.ts'

test('what is usable across accounts is what the service takes to be so', () => {
  for (const [operation, acrossAccounts] of permissionRows) {
    const actions = operation === 'ReEncrypt' ? ['ReEncryptFrom', 'ReEncryptTo'] : [operation]
    for (const action of actions) {
      expect([action, kmsActionByName.get(action)?.acrossAccounts]).toEqual([action, acrossAccounts])
    }
  }
})

test('there is no action that the service does not know, but the one without an operation', () => {
  const operations = new Set(permissionRows.map(([operation]) => operation))
  const strangers = [...kmsActionByName.keys()].filter(
    (name) => !operations.has(name) && operations.has('ReEncrypt') && !name.startsWith('ReEncrypt'),
  )
  expect(strangers).toEqual(['SynchronizeMultiRegionKey'])
  expect(operationFacts('SynchronizeMultiRegionKey').crossAccount).toBe(false)
})

test('every condition key that a case implies is one that the service knows', () => {
  const known = new Set(conditionKeyRows.map(({ name }) => name))
  expect(impliedKeyNames.filter((name) => !known.has(name))).toEqual([])
})
