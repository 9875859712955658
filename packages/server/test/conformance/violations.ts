import { inputOf, type Shape, shapeNamed } from './kms-model.ts'

/** Requests that break one thing that the model asks of them, and how AWS says so. */
export interface Violation {
  /** What is broken, for the name of a failure. */
  readonly about: string
  readonly input: object
  /** What the message says of it, whatever else the same value may break. */
  readonly said: readonly string[]
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
type Members = { readonly [name: string]: Json }

/** Text that each of the model's patterns takes, cut or filled to length by `textOf`. */
const textsByPattern: Readonly<Record<string, string>> = {
  '^[a-zA-Z0-9:/_-]+$': 'alias/a',
  'cluster-[2-7a-zA-Z]{11,16}': 'cluster-abcdefghijk',
  '^https://[a-zA-Z0-9.-]+$': 'https://proxy.example.com',
  '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$': '/kms/xks/v1',
  '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$':
    'com.amazonaws.vpce.us-east-1.vpce-svc-0',
  '[0-9]{12}': '111122223333',
  '^[A-Z2-7]+$': 'A'.repeat(20),
  '^[a-zA-Z0-9\\/+=]+$': 'a'.repeat(43),
  '^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$': 'arn:aws:s3:us-east-1:111122223333:x',
  '^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$': 's3.us-east-1.amazonaws.com',
  '^[a-f0-9]+$': 'a'.repeat(64),
  '^([a-z]+-){2,3}\\d+$': 'eu-west-1',
}

const base64 = (length: number) => Buffer.alloc(length).toString('base64')

/** A value that the model takes: of a structure only what is required. */
export function sampleOf(shape: Shape): Json {
  switch (shape.type) {
    case 'structure':
      return samplesOf(shape)
    case 'list':
      return Array.from({ length: shape.min ?? 1 }, () => sampleOf(shapeNamed(shape.member?.shape ?? '')))
    case 'map':
      return { a: sampleOf(shapeNamed(shape.value?.shape ?? '')) }
    case 'string':
      return shape.enum?.[0] ?? (textsByPattern[shape.pattern ?? ''] ?? 'a').padEnd(shape.min ?? 1, 'a')
    case 'integer':
      return shape.min ?? 1
    case 'boolean':
      return false
    case 'blob':
      return base64(shape.min ?? 1)
    case 'timestamp':
      return 1_800_000_000
  }
}

function samplesOf({ members = {}, required = [] }: Shape): Members {
  return Object.fromEntries(required.map((name) => [name, sampleOf(shapeNamed(members[name]?.shape ?? ''))]))
}

/** Every constraint of every member of an operation's input, broken once. */
export function violationsOf(operation: string): readonly Violation[] {
  return [...inStructure(inputOf(operation), { path: '', whole: (input) => input })]
}

/** Where in a request a value is: how AWS names the place, and the request with some value there. */
interface Place {
  readonly path: string
  readonly whole: (value: Members) => object
}

function* inStructure(shape: Shape, { path, whole }: Place): Generator<Violation> {
  const valid = samplesOf(shape)
  for (const [name, { shape: of }] of Object.entries(shape.members ?? {})) {
    const at = `${path}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    const { [name]: _left, ...others } = valid
    if (shape.required?.includes(name)) {
      yield { about: `${at} is missing`, input: whole(others), said: [said(at, 'Member must not be null')] }
    }
    yield* inValue(shapeNamed(of), { path: at, whole: (value) => whole({ ...valid, [name]: value }) })
  }
}

interface ValuePlace {
  readonly path: string
  readonly whole: (value: Json) => object
}

function* inValue(shape: Shape, place: ValuePlace): Generator<Violation> {
  const { path, whole } = place
  for (const [value, text] of brokenValues(shape)) {
    const shown = isShown(shape) ? [`Value '${value}' at`] : [`Value at '${path}'`]
    const isWritten = shape.type === 'list' || shape.type === 'map'
    yield {
      about: `${path}: ${text}`,
      input: whole(value),
      said: [said(path, text), ...(isWritten ? [] : shown)],
    }
  }
  if (shape.type === 'structure')
    yield* inStructure(shape, { path: `${path}.`, whole: (members) => whole(members) })
  if (shape.type === 'list') yield* inElement(shapeNamed(shape.member?.shape ?? ''), place)
}

/** What is wrong with an element of a list is said of the list, but of a structure in it with its place. */
function* inElement(element: Shape, { path, whole }: ValuePlace): Generator<Violation> {
  if (element.type === 'structure') {
    yield* inStructure(element, { path: `${path}.1.member.`, whole: (members) => whole([members]) })
    return
  }
  for (const [value, text] of brokenValues(element)) {
    const of = said(path, 'Member must satisfy constraint: [')
    yield { about: `${path}, an element: ${text}`, input: whole([value]), said: [of, text] }
  }
}

/** Values that a shape does not take, each with the words for it. */
function* brokenValues(shape: Shape): Generator<readonly [value: Json, text: string]> {
  const { type, min, max, pattern, enum: values } = shape
  if (type === 'integer') {
    if (min !== undefined) yield [min - 1, `Member must have value greater than or equal to ${min}`]
    if (max !== undefined) yield [max + 1, `Member must have value less than or equal to ${max}`]
    return
  }
  if (min !== undefined && min > 0)
    yield [ofLength(shape, min - 1), `Member must have length greater than or equal to ${min}`]
  if (max !== undefined)
    yield [ofLength(shape, max + 1), `Member must have length less than or equal to ${max}`]
  if (pattern !== undefined)
    yield ['☃'.repeat(min ?? 1), `Member must satisfy regular expression pattern: ${pattern}`]
  if (values !== undefined)
    yield ['NONE_OF_THEM', `Member must satisfy enum value set: [${values.join(', ')}]`]
}

function ofLength(shape: Shape, length: number): Json {
  if (shape.type === 'blob') return base64(length)
  if (shape.type === 'string') return 'a'.repeat(length)
  return Array.from({ length }, () => sampleOf(shapeNamed(shape.member?.shape ?? '')))
}

function said(path: string, text: string): string {
  return `at '${path}' failed to satisfy constraint: ${text}`
}

/** Bytes and what the model calls sensitive are not repeated. */
function isShown({ type, sensitive }: Shape): boolean {
  return (type === 'string' || type === 'integer') && !sensitive
}
