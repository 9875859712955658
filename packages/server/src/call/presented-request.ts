import type { Caller } from './call.ts'

/** A request that a user signed for a service, as that service received it. */
export interface PresentedRequest {
  readonly method: string
  /** The target before `?` and after it, as sent. */
  readonly path: string
  readonly query: string
  /** Names and values, in wire order. */
  readonly headers: readonly string[]
  /** The SHA-256 of the body in hex, as the service found it to be; S3 takes further words. */
  readonly bodyHash: string
}

/** Who signed it, and what names their credentials: enough to ask for them again, and nothing to sign with. */
export interface Presented {
  readonly caller: Caller
  readonly accessKeyId: string
  readonly sessionToken?: string
}

/** Believes what services present, each request once. */
export interface PresentedRequests {
  /** @throws Refusal for what was not signed by anybody, or not for that service, or not now, or came before */
  accept(request: PresentedRequest, service: string, now: number): Promise<Presented>
}
