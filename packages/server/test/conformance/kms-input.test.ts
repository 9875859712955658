import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../../src/operations/index.ts'
import { type Serving, serve } from '../serving.ts'
import { send, signed } from '../wire/exchange.ts'
import { inputOf, isPublished, operationNames, shapeNamed } from './kms-model.ts'
import { sampleOf, violationsOf } from './violations.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** A call as root, down to what is answered on the wire. */
async function asked(operation: string, input: unknown) {
  const headers = { 'x-amz-target': `TrentService.${operation}` }
  const { status, body } = await send(house, signed(house, { headers, body: JSON.stringify(input) }))
  const { __type: code, message } = JSON.parse(body) as { __type?: string; message?: string }
  return { status, code, message: message ?? '' }
}

/** What an operation wants though its model does not say so, but for dry runs. */
const alsoRequired: Readonly<Record<string, object>> = {
  Decrypt: { CiphertextBlob: 'AA==' },
  ReEncrypt: { CiphertextBlob: 'AA==' },
}

const named = operationNames.map((name) => [name])

describe.skipIf(!isPublished)('of the KMS API', () => {
  test('every published operation is served, and no other', () => {
    expect(operationNames.length).toBe(56)
    const served = operations.filter(({ service }) => service === 'kms').map(({ name }) => name)
    expect(served.sort()).toEqual([...operationNames].sort())
  })

  test.each(named)('%s takes what the model allows', async (operation) => {
    const input = Object.assign({}, sampleOf(inputOf(operation)), alsoRequired[operation])
    const { message } = await asked(operation, input)
    expect(message).not.toContain('failed to satisfy constraint')
  })

  test.each(named)('%s refuses whatever the model forbids, in AWS’s words', async (operation) => {
    for (const { about, input, said } of violationsOf(operation)) {
      const { status, code, message } = await asked(operation, input)
      expect([status, code], about).toEqual([400, 'ValidationException'])
      expect(message, about).toMatch(/^(1 validation error|\d+ validation errors) detected: Value /)
      for (const text of said) expect(message, about).toContain(text)
    }
  })

  test.each(named)('%s cannot read members of another type', async (operation) => {
    const input = inputOf(operation)
    const valid = sampleOf(input) as object
    for (const [name, { shape }] of Object.entries(input.members ?? {})) {
      const isPlain = !['structure', 'list', 'map'].includes(shapeNamed(shape).type)
      const answer = await asked(operation, { ...valid, [name]: isPlain ? { a: 1 } : 'text' })
      expect([answer.status, answer.code], name).toEqual([400, 'SerializationException'])
    }
  })

  test('there are hundreds of constraints', () => {
    expect(operationNames.flatMap(violationsOf).length).toBeGreaterThan(400)
  })
})
