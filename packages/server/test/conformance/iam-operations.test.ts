import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findShared } from '../../../../tools/generate-models.ts'
import { operations } from '../../src/operations/index.ts'
import { refused, type Serving, serve } from '../serving.ts'
import { send, signedForm } from '../wire/exchange.ts'

const shared = findShared()
if (shared === undefined) console.log('skipped: the published model of IAM is not in ../shared')

interface Shape {
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, { readonly shape: string }>>
}

interface Model {
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: { readonly shape: string }; readonly errors?: readonly { readonly shape: string }[] }
    >
  >
  readonly shapes: Readonly<Record<string, Shape>>
}

const model: Model =
  shared === undefined
    ? { operations: {}, shapes: {} }
    : JSON.parse(readFileSync(join(shared, 'aws/models/iam-service-2.json'), 'utf8'))
const built = operations.filter(({ service }) => service === 'iam').map(({ name }) => name)

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

describe.skipIf(shared === undefined)('every operation of IAM that is served', () => {
  test('is one that AWS publishes', () => {
    expect(built.length).toBeGreaterThan(80)
    expect(built.filter((name) => model.operations[name] === undefined)).toEqual([])
  })

  test.each(built.map((name) => [name]))('%s wants the members that AWS says are required', async (name) => {
    const { required = [] } = model.shapes[model.operations[name]?.input?.shape ?? ''] ?? {}
    const request = signedForm(house, { body: `Action=${name}&Version=2010-05-08` })
    const { body } = await send(house, request)
    const missing = required.filter((member) => body.includes(`&apos;${lowerCamel(member)}&apos; failed`))
    expect(missing).toEqual(required)
    if (required.length > 0) expect(body).toContain('<Code>ValidationError</Code>')
  })
})

interface GrammarCases {
  readonly invalid: readonly { readonly document: unknown; readonly error_message: string }[]
  readonly valid: readonly unknown[]
}

const { invalid, valid }: GrammarCases =
  shared === undefined
    ? { invalid: [], valid: [] }
    : JSON.parse(readFileSync(join(shared, 'corpus/iam-grammar-cases-moto.json'), 'utf8'))
const textOf = (document: unknown) => (typeof document === 'string' ? document : JSON.stringify(document))

describe.skipIf(shared === undefined)('a managed policy', () => {
  const make = (document: unknown, name: string) =>
    house.root.iam.createPolicy({ PolicyName: name, PolicyDocument: textOf(document) })

  test('that IAM is known to refuse is refused with its words', async () => {
    for (const { document, error_message } of invalid)
      await refused(make(document, 'invalid'), 'MalformedPolicyDocumentException', error_message)
    expect(invalid.length).toBeGreaterThan(70)
  })

  test('that IAM is known to take is taken, and given back as it was', async () => {
    for (const [index, document] of valid.entries()) {
      const { Policy } = await make(document, `valid-${index}`)
      const { PolicyVersion } = await house.root.iam.getPolicyVersion({
        PolicyArn: Policy?.Arn,
        VersionId: 'v1',
      })
      expect(decodeURIComponent(String(PolicyVersion?.Document))).toBe(textOf(document))
    }
  })
})

const lowerCamel = (member: string) => member.charAt(0).toLowerCase() + member.slice(1)
