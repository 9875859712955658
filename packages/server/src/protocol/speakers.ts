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
import { type ServiceName, services } from './services.ts'

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

function jsonSpeaker(service: 'cloudtrail' | 'kms' | 'organizations', form?: ErrorForm): Speaker {
  const model = services[service].model as (typeof services)['kms']['model']
  const readerOf = memoized((name) => jsonReader(model, name) as (body: Uint8Array) => object)
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

function querySpeaker(service: 'iam' | 'sts'): Speaker {
  const model = services[service].model as (typeof services)['iam']['model']
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

const speakers: Readonly<Record<ServiceName, Speaker>> = {
  kms: jsonSpeaker('kms'),
  iam: querySpeaker('iam'),
  sts: querySpeaker('sts'),
  cloudtrail: jsonSpeaker('cloudtrail', { bug: 'ServiceFailureException', member: 'Message' }),
  organizations: jsonSpeaker('organizations', { bug: 'ServiceException', member: 'Message' }),
}

export function speakerOf(service: ServiceName): Speaker {
  return speakers[service]
}
