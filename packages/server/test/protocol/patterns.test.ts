import { describe, expect, test } from 'vitest'
import { iam } from '../../src/protocol/models/iam.ts'
import { kms } from '../../src/protocol/models/kms.ts'
import { organizations } from '../../src/protocol/models/organizations.ts'
import { sts } from '../../src/protocol/models/sts.ts'
import { compilePattern } from '../../src/protocol/patterns.ts'

const shapes = [kms, iam, sts, organizations].flatMap(({ service, shapes }) =>
  Object.entries(shapes).flatMap(([name, shape]) =>
    shape.type === 'string' && shape.pattern !== undefined ? [[service, name, shape.pattern] as const] : [],
  ),
)

/**
 * Backtracking over 128 KiB takes many seconds at the least; half a second of processor time, twice, is far from
 * what any linear match needs, however busy the machine.
 */
function isSlow(compiled: RegExp, text: string): boolean {
  const before = process.cpuUsage()
  compiled.test(text)
  return process.cpuUsage(before).user > 500_000
}

describe('no published pattern can be made to take long', () => {
  const length = 131_072
  // Texts that begin like something the pattern wants, go on for long, and end in what it cannot have.
  const units = [
    'a',
    'A',
    '0',
    '-',
    '.',
    '/',
    '/a',
    'a.',
    'a-',
    'ab-',
    'arn:aws:',
    ' ',
    '=',
    '_',
    'é',
    ':',
    '?',
    '#',
    '1-',
  ]
  const starts = [
    '',
    '/',
    'a',
    'arn:aws:',
    'http://',
    'https://',
    'cluster-',
    'o-aaaaaaaaaa/r-aaaa',
    'v1.',
    'com.amazonaws.vpce.',
  ]
  const texts = starts.flatMap((start) =>
    units.map((unit) => `${start}${unit.repeat(length / unit.length)}\0`),
  )
  for (const [service, name, pattern] of shapes)
    test(`${service} ${name}`, () => {
      const compiled = compilePattern(pattern)
      const slow = texts.filter((text) => isSlow(compiled, text) && isSlow(compiled, text))
      expect(slow.map((text) => text.slice(0, 30))).toEqual([])
    })
})

test('a pattern is about the whole value, and its white space is ASCII', () => {
  expect(compilePattern('[\\w]+').test('ab c')).toBe(false)
  expect(compilePattern('a|b').test('ab')).toBe(false)
  expect(compilePattern('^[a-z\\s]+$').test('a b')).toBe(true)
  expect(compilePattern('^[a-z\\s]+$').test('a\u00A0b')).toBe(false)
  expect(compilePattern('[\\p{L}]+').test('日')).toBe(true)
})

test('every operation of every service can be read and written', async () => {
  const { inputReader } = await import('../../src/protocol/shape.ts')
  const { jsonWriter } = await import('../../src/protocol/json-1-1.ts')
  const { queryReader, queryWriter } = await import('../../src/protocol/query-xml.ts')
  for (const name of Object.keys(kms.operations) as (keyof typeof kms.operations)[]) {
    inputReader(kms, name)
    jsonWriter(kms, name)
  }
  for (const name of Object.keys(iam.operations) as (keyof typeof iam.operations)[]) {
    queryReader(iam, name)
    queryWriter(iam, name)
  }
  for (const name of Object.keys(sts.operations) as (keyof typeof sts.operations)[]) {
    queryReader(sts, name)
    queryWriter(sts, name)
  }
  expect(Object.keys(kms.operations)).toHaveLength(56)
})
