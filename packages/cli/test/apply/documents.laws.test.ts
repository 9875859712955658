import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentLines, sameDocument, wireDocument } from '../../src/apply/documents.ts'
import type { Json } from '../../src/apply/json.ts'
import { referencesIn, replaceReferences } from '../../src/apply/references.ts'
import { changedLines } from '../../src/apply/show-plan.ts'

/** When two policies are the same, and what is shown of two that are not. */

const texts = fc.uniqueArray(fc.constantFrom('kms:Encrypt', 'kms:Decrypt', 'kms:Get*', '*', '111122223333'), {
  minLength: 1,
})
const statement = fc.record(
  {
    Sid: fc.constantFrom('A', 'B'),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.record({ AWS: texts }),
    Action: texts,
    Resource: texts,
    Condition: fc.record({ StringEquals: fc.record({ 'kms:ViaService': texts }) }),
  },
  { requiredKeys: ['Effect', 'Action'] },
)
const policy = fc.record({
  Version: fc.constant('2012-10-17'),
  Statement: fc.array(statement, { minLength: 1, maxLength: 4 }),
})

/** The same policy as another hand might write it: members and texts in another order, lists of one without brackets. */
function rewritten(value: Json, turned: boolean): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => rewritten(item, turned))
    if (items.length === 1) return items[0] ?? null
    return turned && items.every((item) => typeof item === 'string') ? items.reverse() : items
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, item]) => [name, rewritten(item, turned)] as const)
  return Object.fromEntries(turned ? members.reverse() : members)
}

describe('two policies', () => {
  test('are the same however they are written', () => {
    fc.assert(
      fc.property(policy, fc.boolean(), (one, turned) => {
        expect(sameDocument(one, rewritten(one, turned))).toBe(true)
      }),
    )
  })

  test('that differ in an effect are not the same, and the lines that are shown say so', () => {
    fc.assert(
      fc.property(policy, (one) => {
        const [first, ...others] = one.Statement
        if (first === undefined) return
        const Effect = first.Effect === 'Allow' ? 'Deny' : 'Allow'
        const other = { ...one, Statement: [{ ...first, Effect }, ...others] } as Json
        expect(sameDocument(one as Json, other)).toBe(false)
        const lines = changedLines(one as Json, other).map((line) => line.replace(/^([-+])\s*/, '$1'))
        expect(lines.some((line) => line.startsWith(`-"Effect": "${first.Effect}"`))).toBe(true)
        expect(lines.some((line) => line.startsWith(`+"Effect": "${Effect}"`))).toBe(true)
      }),
    )
  })

  test('lose nothing in being laid out', () => {
    fc.assert(
      fc.property(policy, (one) => {
        expect(sameDocument(one as Json, JSON.parse(documentLines(one as Json).join('\n')))).toBe(true)
      }),
    )
  })

  test('are not sent while they refer to something that is not there', () => {
    expect(wireDocument({ Resource: 'arn:aws:kms:us-east-1:111122223333:key/1' })).toContain('key/1')
    expect(() => wireDocument({ Resource: '<key:orders>' })).toThrow(
      'refers to something that is not there yet',
    )
  })

  test('that have their statements in another order are shown as different', () => {
    const [a, b] = [{ Effect: 'Allow' }, { Effect: 'Deny' }]
    expect(sameDocument({ Statement: [a, b] }, { Statement: [b, a] })).toBe(false)
  })
})

describe('references', () => {
  test('leave a text without any as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(referencesIn(text).length === 0)
        expect(replaceReferences(text, () => 'x')).toBe(text)
      }),
    )
  })

  test.each([
    ['arn:aws:iam::<account>:root', { kind: 'account' }],
    ['<account:two words>', { kind: 'account', account: 'two words' }],
    ['<key:a/b>', { kind: 'key', name: 'a/b' }],
    ['<key:eu-west-1:a>', { kind: 'key', name: 'a', region: 'eu-west-1' }],
    ['<key:shop:a>', { kind: 'key', name: 'a', account: 'shop' }],
    ['<key:shop:eu-west-1:a>', { kind: 'key', name: 'a', account: 'shop', region: 'eu-west-1' }],
    ['<organization>', { kind: 'organization' }],
  ])('%s', (text, reference) => {
    expect(referencesIn(text)).toEqual([reference])
  })

  test('stay as they are written while nobody knows what they stand for', () => {
    expect(
      replaceReferences('<key:a> of <account>', ({ kind }) => (kind === 'account' ? '1' : undefined)),
    ).toBe('<key:a> of 1')
  })
})
