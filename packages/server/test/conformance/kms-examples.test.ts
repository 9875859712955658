import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readyBy } from './example-inputs.ts'
import { isPublished, model, published, type Shape, shapeNamed } from './kms-model.ts'
import { makeWorld, type World } from './world.ts'

/** The worked examples that AWS publishes with its model, each run with names and bytes that mean something here. */

interface Example {
  readonly title: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly output?: object | null
}

const { examples } = published<{ examples: Readonly<Record<string, readonly Example[]>> }>(
  'models/kms-examples-1.json',
  { examples: {} },
)
const all = Object.entries(examples).flatMap(([operation, each]) =>
  each.map((example) => [operation, example.title, example] as const),
)

/** Examples that are refused here, and with what. */
const refusals: Readonly<Record<string, string>> = {
  // No CloudHSM cluster is there, so no key store of that kind is ever connected.
  'To create a KMS key in a custom key store': 'CustomKeyStoreInvalidStateException',
}

/** Facts in which an answer differs from the example's, by the example's title. */
const differences: Readonly<Record<string, readonly string[]>> = {
  // AWS answers so itself: the example is older than what the API's reference says of new replicas.
  'To replicate a multi-Region key in a different AWS Region': [
    'ReplicaKeyMetadata.Enabled',
    'ReplicaKeyMetadata.KeyState',
  ],
  // Theirs are so many that there is another page.
  'To list grants for a KMS key': ['Truncated'],
  // No cluster is there to be connected to.
  'To get detailed information about a custom key store associated with a CloudHSM cluster.': [
    'CustomKeyStores.ConnectionState',
  ],
}

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

type Call = (input: object) => Promise<object>

describe.skipIf(!isPublished)('AWS’s own example', () => {
  test.each(all)('of %s: %s', async (operation, title, { input = {}, output }) => {
    const ready = readyBy[title] ?? readyBy[operation]
    if (ready === undefined) throw new Error(`nothing makes the example of ${operation} ready`)
    const name = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`
    const call = (world.kms as unknown as Readonly<Record<string, Call>>)[name]?.bind(world.kms)
    const answered = ready(world, input).then((made) => call?.(made) ?? {})
    if (refusals[title] !== undefined) {
      await expect(answered).rejects.toThrow(expect.objectContaining({ name: refusals[title] }))
      return
    }
    const shape = model.operations[operation]?.output?.shape
    const factsIn = (answer: object) =>
      shape === undefined
        ? []
        : factsOf(answer, shapeNamed(shape), '').filter((each) => !isExcused(title, each))
    const facts = factsIn(await answered)
    expect(factsIn(output ?? {}).filter((each) => !facts.includes(each))).toEqual([])
  })
})

function isExcused(title: string, fact: string): boolean {
  return (differences[title] ?? []).some((path) => fact.startsWith(`${path} = `))
}

/**
 * What can be the same in two answers about different things: which members there are, and of those that are one of
 * a few words, or yes or no, what they say.
 */
function factsOf(value: unknown, shape: Shape, path: string): string[] {
  if (shape.member !== undefined) {
    const element = shapeNamed(shape.member.shape)
    return (value as readonly unknown[]).flatMap((each) => factsOf(each, element, path))
  }
  if (shape.enum !== undefined || shape.type === 'boolean') return [`${path} = ${value}`]
  return Object.entries(shape.members ?? {}).flatMap(([name, { shape: of }]) => {
    const member = (value as Readonly<Record<string, unknown>>)[name]
    const inner = path === '' ? name : `${path}.${name}`
    return member === undefined ? [] : [inner, ...factsOf(member, shapeNamed(of), inner)]
  })
}
