import { invariant } from '../base/invariant.ts'
import { Refusal } from './errors.ts'
import { parseForm } from './form.ts'
import {
  type ErrorForm,
  findTarget,
  jsonContentType,
  jsonError,
  jsonReader,
  jsonWriter,
  type Reply,
} from './json-1-1.ts'
import { findAction, queryError, queryReader, queryWriter, xmlContentType } from './query-xml.ts'
import { type ServiceName, serviceNames, serviceRow, type services } from './services.ts'
import type { Violation } from './shape.ts'

export type { Reply } from './json-1-1.ts'

/** A request's bytes, as far as protocols look at them. */
interface Said {
  readonly query: string
  readonly body: Uint8Array
}

/** A request understood: what is asked, how to read the rest of it, and how to answer. */
interface Understood {
  readonly operation: string
  readonly readInput: () => object
  readonly write: (output: object, requestId: string) => Reply
}

/** One service's way of putting things on the wire. */
export interface Speaker {
  read(said: Said, request: { readonly headers: ReadonlyMap<string, string> }): Understood
  refuse(thrown: unknown, requestId: string): Reply
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A form's text. Bytes that are not UTF-8 are refused, as in JSON. */
function formBody(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch {
    throw new Refusal('SerializationException')
  }
}

/** Something made once per name. */
function memoized<V>(make: (name: never) => V): (name: string) => V {
  const made = new Map<string, V>()
  return (name) => {
    let value = made.get(name)
    if (value === undefined) {
      value = make(name as never)
      made.set(name, value)
    }
    return value
  }
}

/** A service's row, with the model as one of its protocol's: which of them it is makes no difference to how it is spoken. */
interface Spoken<Model> extends ErrorForm {
  readonly model: Model
  readonly refuseViolations?: (found: readonly Violation[]) => Refusal
}

function jsonSpeaker({
  model,
  refuseViolations,
  ...form
}: Spoken<(typeof services)['kms']['model']>): Speaker {
  const readerOf = memoized(
    (name) => jsonReader(model, name, refuseViolations) as (body: Uint8Array) => object,
  )
  const writerOf = memoized((name) => jsonWriter(model, name) as (output: object) => string)
  return {
    read({ body }, { headers }) {
      const operation = findTarget(model, headers.get('x-amz-target'))
      return {
        operation,
        readInput: () => readerOf(operation)(body),
        write: (output) => ({ status: 200, contentType: jsonContentType, body: writerOf(operation)(output) }),
      }
    },
    refuse: (thrown) => jsonError(thrown, form),
  }
}

function querySpeaker({ model }: Spoken<(typeof services)['iam']['model']>): Speaker {
  const readerOf = memoized(
    (name) => queryReader(model, name) as (form: ReturnType<typeof parseForm>) => object,
  )
  const writerOf = memoized(
    (name) => queryWriter(model, name) as (output: object, requestId: string) => string,
  )
  return {
    read({ query, body }) {
      const form = parseForm(query, formBody(body))
      const operation = findAction(model, form)
      return {
        operation,
        readInput: () => readerOf(operation)(form),
        write: (output, requestId) => ({
          status: 200,
          contentType: xmlContentType,
          body: writerOf(operation)(output, requestId),
        }),
      }
    },
    refuse: (thrown, requestId) => queryError(model, thrown, requestId),
  }
}

const speakers = new Map(
  serviceNames.map((name) => {
    const row = serviceRow(name)
    return [name, row.protocol === 'json' ? jsonSpeaker(row as never) : querySpeaker(row as never)]
  }),
)

export function speakerOf(service: ServiceName): Speaker {
  const speaker = speakers.get(service)
  invariant(speaker !== undefined, 'every service has a speaker')
  return speaker
}
