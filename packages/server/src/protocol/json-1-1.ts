import { jsonValue } from '@claviger/policy'
import { writeBase64 } from './base64.ts'
import { malformed } from './conversions.ts'
import { asRefusal, type BugCode, Refusal } from './errors.ts'
import type { OperationTypes, ServiceModel, Shape } from './models/model.ts'
import { type InputOf, inputReader, type OutputOf, type Shapes, shapeNamed, type Violation } from './shape.ts'

/** AWS JSON 1.1: one path, one header that names the operation, JSON in and out. */

export const jsonContentType = 'application/x-amz-json-1.1'

/** What goes back over the wire, whichever protocol it is in. */
export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/**
 * The operation that an `X-Amz-Target` header names: `TrentService.Encrypt`. Where a service's prefix is a long name with
 * dots some clients write only the last part of it.
 */
export function findTarget<Operations extends OperationTypes<Operations>>(
  model: ServiceModel<Operations>,
  target: string | undefined,
): keyof Operations & string {
  if (target !== undefined) {
    const known = targetsOf(model).get(target)
    if (known !== undefined) return known as keyof Operations & string
  }
  const dot = target?.lastIndexOf('.') ?? -1
  const prefix = target?.slice(0, Math.max(0, dot)) ?? ''
  const isMeant =
    prefix !== '' && (prefix === model.targetPrefix || model.targetPrefix?.endsWith(`.${prefix}`) === true)
  const name = isMeant ? (target?.slice(dot + 1) ?? '') : ''
  if (!isOperation(model, name)) throw new Refusal('UnknownOperationException')
  return name
}

const targets = new WeakMap<object, ReadonlyMap<string, string>>()

/** The operations of a model by their whole targets, which is how nearly everybody writes them. */
function targetsOf<Operations extends OperationTypes<Operations>>(
  model: ServiceModel<Operations>,
): ReadonlyMap<string, string> {
  let known = targets.get(model)
  if (known === undefined) {
    const { targetPrefix, operations } = model
    const names = targetPrefix === undefined ? [] : Object.keys(operations)
    known = new Map(names.map((name) => [`${targetPrefix}.${name}`, name]))
    targets.set(model, known)
  }
  return known
}

/** Whether a model has an operation of this name; not everything an object inherits is one. */
export function isOperation<Operations extends OperationTypes<Operations>>(
  model: ServiceModel<Operations>,
  name: string,
): name is keyof Operations & string {
  return Object.hasOwn(model.operations, name)
}

/** The reader of an operation's input from the bytes of a body. Compiled when called: once per operation. */
export function jsonReader<
  Operations extends OperationTypes<Operations>,
  Name extends keyof Operations & string,
>(
  model: ServiceModel<Operations>,
  name: Name,
  refuseViolations?: (found: readonly Violation[]) => Refusal,
): (body: Uint8Array) => InputOf<Operations, Name> {
  const read = inputReader(model, name, refuseViolations)
  return (body) => read(parseJson(body))
}

/** Bytes that are not UTF-8 are refused: a replacement character would make two requests look like one. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A body as JSON. An empty one is not JSON, and refused as AWS does: SDKs send `{}` when they have nothing to say. */
export function parseJson(body: Uint8Array): unknown {
  let value: unknown
  try {
    const text = utf8.decode(body)
    value = jsonValue(text)
    if (surrogateEscape.test(text)) requireWellFormed(value)
  } catch {
    throw malformed()
  }
  // AWS gives a reason for a list and none for everything else that is not an object.
  if (typeof value !== 'object' || value === null) throw malformed()
  return value
}

/** Half a character can come in by an escape alone, so only texts that have one are looked through. */
const surrogateEscape = /\\u[dD][89a-fA-F]/

/** Half a character has no UTF-8 form: two encryption contexts would become one, and nothing could store it. */
function requireWellFormed(value: unknown): void {
  if (typeof value === 'string' && !value.isWellFormed()) throw malformed()
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    requireWellFormed(name)
    requireWellFormed(member)
  }
}

/** The writer of an operation's output. An operation without output answers with no body at all, as KMS does. */
export function jsonWriter<
  Operations extends OperationTypes<Operations>,
  Name extends keyof Operations & string,
>(model: ServiceModel<Operations>, name: Name): (output: OutputOf<Operations, Name>) => string {
  const shape = model.operations[name].output
  return shape === undefined ? () => '' : (compileWriter(model, shape) as (output: unknown) => string)
}

/** How a service words what it refuses; KMS is who answers before it is known which service is meant. */
export interface ErrorForm {
  readonly bug: BugCode
  readonly messageMember: 'message' | 'Message'
}

const kmsForm: ErrorForm = { bug: 'KMSInternalException', messageMember: 'message' }

/** The answer to anything that was thrown. Nothing of a bug's inside is in it. */
export function jsonError(thrown: unknown, form: ErrorForm = kmsForm): Reply {
  const refusal = asRefusal(thrown, form.bug)
  const { reason: Reason } = refusal
  return {
    status: refusal.row.json,
    contentType: jsonContentType,
    body: JSON.stringify({
      __type: refusal.code,
      ...messageOf(refusal, form),
      ...(Reason !== undefined && { Reason }),
    }),
  }
}

/** Errors the framework makes before KMS itself sees a request spell the member with a capital. */
const capitalized: ReadonlySet<string> = new Set(['AccessDeniedException', 'SerializationException'])

/**
 * The message under the name a client looks for. For the two errors above recordings of AWS's services show
 * `Message`, the documentation says `message`; clients differ in which they read, so both are there.
 */
function messageOf(
  { code, message }: Refusal,
  { messageMember }: ErrorForm,
): { readonly message?: string; readonly Message?: string } {
  if (message === '') return {}
  return capitalized.has(code) ? { Message: message, message } : { [messageMember]: message }
}

type Write = (value: never) => string

function compileWriter(model: Shapes, name: string): Write {
  const shape = shapeNamed(model, name)
  switch (shape.type) {
    case 'string':
    case 'integer':
    case 'boolean':
      return (value: unknown) => JSON.stringify(value)
    case 'blob':
      return (bytes: Uint8Array) => `"${writeBase64(bytes)}"`
    case 'timestamp':
      return (date: Date) => String(date.getTime() / 1000)
    case 'list': {
      const write = compileWriter(model, shape.member)
      return (list: readonly never[]) => `[${list.map(write).join(',')}]`
    }
    case 'map': {
      const write = compileWriter(model, shape.value)
      return (map: Readonly<Record<string, never>>) => {
        const entries = Object.entries(map).map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`)
        return `{${entries.join(',')}}`
      }
    }
    case 'structure':
      return structureWriter(model, shape)
  }
}

function structureWriter(model: Shapes, { members }: Extract<Shape, { readonly type: 'structure' }>): Write {
  const parts = Object.entries(members).map(([name, shape]) => ({
    name,
    label: `${JSON.stringify(name)}:`,
    write: compileWriter(model, shape),
  }))
  return (value: Readonly<Record<string, never>>) => {
    let text = ''
    for (const { name, label, write } of parts) {
      const member = value[name]
      if (member !== undefined) text += `${text === '' ? '' : ','}${label}${write(member)}`
    }
    return `{${text}}`
  }
}
