import { malformedPolicyMessage, parsePolicy } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { present, readShared } from './shared.ts'

interface GrammarCases {
  readonly invalid: readonly { document: unknown; error_message: string }[]
  readonly valid: readonly unknown[]
}

const cases: GrammarCases = present
  ? JSON.parse(readShared('corpus/iam-grammar-cases-moto.json'))
  : { invalid: [], valid: [] }

function textOf(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document)
}

describe.skipIf(!present)('documents that IAM refuses, with its own words', () => {
  test.each(
    cases.invalid.map(({ document, error_message }) => [textOf(document), error_message]),
  )('%s', (text, message) => {
    const parsed = parsePolicy(text, 'identity-policy')
    expect(parsed.ok ? 'accepted' : malformedPolicyMessage(parsed.problems)).toBe(message)
  })
})

describe.skipIf(!present)('documents that IAM takes', () => {
  test.each(cases.valid.map((document) => [textOf(document)]))('%s', (text) => {
    expect(parsePolicy(text, 'identity-policy')).toMatchObject({ ok: true })
  })
})
