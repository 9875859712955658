import type { NamedPolicy, Principal } from '@claviger/policy'
import type { Tag } from '../keys/key.ts'
import type { ServiceName } from '../protocol/services.ts'

/** The authenticated principal of one call, with everything its account says about it. */
export interface Caller {
  readonly principal: Principal
  readonly account: string
  readonly accessKeyId: string
  readonly identityPolicies: readonly NamedPolicy[]
  readonly tags: readonly Tag[]
}

/** Where a call came from, as far as the connection can tell. */
export interface Connection {
  /** The address of the caller, behind trusted proxies the one they report. */
  readonly sourceIp: string
  readonly userAgent: string
  readonly referer?: string
  readonly host: string
  readonly tls?: { readonly version: string; readonly cipherSuite: string }
}

/** One authenticated call: who, where, when. */
export interface Call {
  readonly caller: Caller
  readonly service: ServiceName
  readonly region: string
  /** Milliseconds since the epoch; the one time that everything in this call goes by. */
  readonly now: number
  readonly requestId: string
  readonly connection: Connection
}
