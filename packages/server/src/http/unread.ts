import type { Chance } from '../base/chance.ts'
import { Refusal } from '../protocol/errors.ts'
import { speakerOf } from '../protocol/speakers.ts'
import { likelyService } from './endpoint.ts'
import type { Unread } from './http-connection.ts'
import type { RequestHead } from './request-head.ts'
import { bodyBytesMost } from './request-parser.ts'
import type { WireReply } from './wire.ts'

const refusals: Readonly<Record<Unread, () => Refusal>> = {
  'body too long': () =>
    new Refusal('RequestEntityTooLargeException', `The request is larger than ${bodyBytesMost} bytes`),
  'headers too long': () => new Refusal('SerializationException', 'The headers of the request are too long'),
  'too slow': () => new Refusal('SerializationException', 'The request took too long to arrive'),
  'not HTTP': () => new Refusal('SerializationException', 'The request is not HTTP that can be read'),
  overloaded: () =>
    new Refusal('ThrottlingException', 'More requests came than can be answered. Try again later.'),
}

/** What is said to a request that nobody looked into: its head, where there is one, tells in which protocol. */
export function unreadReply(
  reason: Unread,
  head: Pick<RequestHead, 'fields'> | undefined,
  { chance }: { readonly chance: Chance },
): WireReply {
  const requestId = chance.uuid()
  const service = head === undefined ? 'kms' : likelyService(head.fields)
  return { ...speakerOf(service).refuse(refusals[reason](), requestId), requestId }
}
