import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findShared } from '../../../../tools/generate-models.ts'
import { conditionKeyRows } from '../../src/access/condition-keys.ts'

const shared = findShared()
if (shared === undefined) console.log('skipped: the published condition keys are not in ../shared')

interface Published {
  readonly key: string
  readonly type: string
  /** Of a KMS key `single` or `multi`; of a global one a boolean. */
  readonly valueType?: string
  readonly multiValued?: boolean
}

const published = ['condition-keys.json', 'global-condition-keys.json'].flatMap((file): Published[] =>
  shared === undefined ? [] : JSON.parse(readFileSync(join(shared, 'aws', file), 'utf8')).keys,
)

/** `aws:RequestTag/tag-key` and `kms:EncryptionContext:${…}` begin many keys; so do the numbered registers. */
function rowNameOf({ key }: Published): string {
  return key.replace(/(tag-key|\$\{\w+\}|<n>)$/, '')
}

const isMultiValued = ({ valueType, multiValued }: Published) => multiValued ?? valueType === 'multi'

describe.skipIf(shared === undefined)('every condition key that AWS publishes', () => {
  const rowByName = new Map(conditionKeyRows.map((row) => [row.name.toLowerCase(), row]))
  const rowOf = (key: Published) => rowByName.get(rowNameOf(key).toLowerCase())

  test('has a row', () => {
    expect(published.length).toBeGreaterThan(90)
    expect(published.filter((key) => rowOf(key) === undefined).map(({ key }) => key)).toEqual([])
  })

  test('has the published spelling, type and number of values there', () => {
    const wanted = published.map((key) => [rowNameOf(key), key.type, isMultiValued(key)])
    const actual = published.map((key) => {
      const row = rowOf(key)
      return [row?.name, row?.type, row?.multiValued]
    })
    expect(actual).toEqual(wanted)
  })

  test('is one of theirs: no row is of our own making', () => {
    const names = new Set(published.map((key) => rowNameOf(key).toLowerCase()))
    // Those of IAM, STS and Organizations are published, but in none of these files.
    const rows = conditionKeyRows.filter(({ name }) => !/^(iam|organizations|sts):/.test(name))
    expect(rows.filter(({ name }) => !names.has(name.toLowerCase()))).toEqual([])
  })
})

test('no condition key has two rows', () => {
  const names = conditionKeyRows.map(({ name }) => name.toLowerCase())
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
