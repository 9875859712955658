import type { Connection } from '../call/call.ts'
import type { Reply } from '../protocol/speakers.ts'
import type { RequestHead } from './request-head.ts'

/** A request as the network brought it, and what the network knows of where it came from. */
export interface WireRequest extends Pick<RequestHead, 'method' | 'path' | 'query' | 'fields'> {
  readonly body: Uint8Array
  readonly connection: Connection
}

/** What is answered to it. */
export interface WireReply extends Reply {
  readonly requestId: string
  /** What `sts:DecodeAuthorizationMessage` takes. */
  readonly encodedMessage?: string
}
