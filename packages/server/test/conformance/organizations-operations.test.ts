import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findShared } from '../../../../tools/generate-models.ts'
import { operations } from '../../src/operations/index.ts'
import { type Serving, serve } from '../serving.ts'
import { send, signed } from '../wire/exchange.ts'

const shared = findShared()
if (shared === undefined) console.log('skipped: the published model of Organizations is not in ../shared')

interface Named {
  readonly shape: string
}

interface Model {
  readonly operations: Readonly<
    Record<string, { readonly input?: Named; readonly errors?: readonly Named[] }>
  >
  readonly shapes: Readonly<Record<string, { readonly required?: readonly string[] }>>
}

const model: Model =
  shared === undefined
    ? { operations: {}, shapes: {} }
    : JSON.parse(readFileSync(join(shared, 'aws/models/organizations-service-2.json'), 'utf8'))
const built = operations.filter(({ service }) => service === 'organizations').map(({ name }) => name)

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** The answer to an operation that is told nothing. */
async function answerTo(name: string): Promise<{ readonly __type?: string; readonly Reason?: string }> {
  const headers = { 'x-amz-target': `AWSOrganizationsV20161128.${name}` }
  const { body } = await send(house, signed(house, { service: 'organizations', headers, body: '{}' }))
  return body === '' ? {} : JSON.parse(body)
}

describe.skipIf(shared === undefined)('every operation of Organizations that is served', () => {
  test('is one that AWS publishes', () => {
    expect(built.length).toBe(32)
    expect(built.filter((name) => model.operations[name] === undefined)).toEqual([])
  })

  test.each(built.map((name) => [name]))('%s wants the members that AWS says are required', async (name) => {
    const { required = [] } = model.shapes[model.operations[name]?.input?.shape ?? ''] ?? {}
    const { __type, Reason } = await answerTo(name)
    const wanted =
      required.length === 0 ? [undefined, undefined] : ['InvalidInputException', 'INPUT_REQUIRED']
    expect([__type, Reason]).toEqual(wanted)
  })
})

describe.skipIf(shared === undefined)('a refusal of Organizations', () => {
  const folder = join(import.meta.dirname, '../../src/operations')

  test.each(built.map((name) => [name]))('of %s is one that AWS publishes for it', (name) => {
    const file = name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
    const text = readFileSync(join(folder, 'organizations', `${file}.ts`), 'utf8')
    const published = new Set(model.operations[name]?.errors?.map(({ shape }) => shape))
    const codes = [...text.matchAll(/'(\w+Exception)'/g)].map(([, code]) => code ?? '')
    expect([...codes, 'AccessDeniedException'].filter((code) => !published.has(code))).toEqual([])
  })
})
