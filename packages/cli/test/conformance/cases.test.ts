import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The published decision cases through the real command. They are no part of this repository, and are looked for
 * beside the checkout, or where CLAVIGER_SHARED says.
 */
const shared = process.env.CLAVIGER_SHARED ?? resolve(import.meta.dirname, '../../../../../shared')
const file = join(shared, 'aws/authz-cases.json')
const present = existsSync(file)

if (!present) console.log('the decision cases are not on this machine: this conformance test is skipped')

interface Case {
  readonly id: string
  readonly title: string
  readonly expect: Readonly<Record<string, string>>
}

const cases: Case[] = present ? JSON.parse(readFileSync(file, 'utf8')).cases : []
const binary = join(import.meta.dirname, '../../bin/claviger.js')

function evaluated(input?: string): Record<string, unknown>[] {
  const words = ['policy', 'eval', input === undefined ? file : '-', '--json']
  const { stdout, status } = spawnSync(process.execPath, [binary, ...words], {
    encoding: 'utf8',
    input: input ?? '',
  })
  expect(status).toBe(0)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe.skipIf(!present)('claviger policy eval answers the published decision cases', () => {
  const answers = present ? evaluated() : []

  test('one line per case, in their order', () => {
    expect(answers.map(({ id }) => id)).toEqual(cases.map(({ id }) => id))
  })

  test.each(
    cases.map((one, index) => [one.id, one.title, one.expect, index] as const),
  )('%s: %s', (id, _title, wanted, index) => {
    expect(answers[index]).toEqual({ id, ...wanted })
  })

  test('as JSON Lines they are answered alike', () => {
    expect(evaluated(cases.map((one) => JSON.stringify(one)).join('\n'))).toEqual(answers)
  })
})
