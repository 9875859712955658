import { parseBase64 } from './base64.ts'
import { Refusal } from './errors.ts'
import type { Shape } from './models/model.ts'

/**
 * What AWS says when a JSON value is of the wrong kind. The first four are recorded from AWS's own services
 * (Athena, SQS and Kinesis share KMS's framework); the nouns for blobs and booleans follow their pattern.
 */
const texts = {
  list: 'Start of list found where not expected',
  structure: 'Start of structure or map found where not expected.',
  notList: 'Expected list or null',
  notMap: 'Expected map or null',
  notStructure: 'Expected null',
  scalar: (token: string, noun: string) => `${token} can not be converted to ${noun}`,
}

const nouns = {
  string: 'a String',
  integer: 'an Integer',
  boolean: 'a Boolean',
  blob: 'a Blob',
  timestamp: 'milliseconds since epoch',
}

type ScalarType = keyof typeof nouns

/** The refusal for a body that is not JSON at all, or not an object; AWS says nothing more about those. */
export const malformed = (text?: string) => new Refusal('SerializationException', text)

const readers: { readonly [Type in ScalarType]: (value: unknown) => unknown } = {
  string: (value) => (typeof value === 'string' ? value : refuseScalar(value, 'string')),
  boolean: (value) => (typeof value === 'boolean' ? value : refuseScalar(value, 'boolean')),
  integer: (value) => (typeof value === 'number' ? toInteger(value) : refuseScalar(value, 'integer')),
  timestamp: (value) => (typeof value === 'number' ? toDate(value) : refuseScalar(value, 'timestamp')),
  blob: (value) => (typeof value === 'string' ? toBytes(value) : refuseScalar(value, 'blob')),
}

/** The reader of one plain JSON value. */
export function scalarReader(type: ScalarType): (value: unknown) => unknown {
  return readers[type]
}

export function isScalar(shape: Shape): shape is Extract<Shape, { readonly type: ScalarType }> {
  return shape.type in nouns
}

/** The members of a JSON object that stands for a structure or a map. */
export function requireObject(
  value: unknown,
  wanted: 'structure' | 'map',
): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) throw malformed(texts.list)
  if (typeof value !== 'object' || value === null)
    throw malformed(wanted === 'map' ? texts.notMap : texts.notStructure)
  return value as Readonly<Record<string, unknown>>
}

/** The elements of a JSON array. */
export function requireArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(typeof value === 'object' ? texts.structure : texts.notList)
}

function refuseScalar(value: unknown, type: ScalarType): never {
  if (Array.isArray(value)) throw malformed(texts.list)
  if (typeof value === 'object') throw malformed(texts.structure)
  const token = typeof value === 'boolean' ? `${value}_VALUE` : `${typeof value}_VALUE`
  throw malformed(texts.scalar(token.toUpperCase(), nouns[type]))
}

/** AWS drops the fraction of a number, and what does not fit becomes the nearest that does. */
function toInteger(value: number): number {
  return Math.min(Math.max(Math.trunc(value), -(2 ** 31)), 2 ** 31 - 1)
}

function toDate(seconds: number): Date {
  const date = new Date(Math.round(seconds * 1000))
  if (Number.isNaN(date.getTime())) throw malformed(texts.scalar('NUMBER_VALUE', nouns.timestamp))
  return date
}

function toBytes(text: string): Uint8Array {
  const bytes = parseBase64(text)
  if (typeof bytes === 'string') throw malformed(bytes)
  return bytes
}
