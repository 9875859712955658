import type { NamedPolicy, Principal } from '@claviger/policy'
import type { WebIdentity } from '../identity/session.ts'
import type { Tag } from '../keys/key.ts'
import type { CallSpan } from '../metrics/call-span.ts'
import type { ServiceName } from '../protocol/services.ts'
import type { VpcEndpoint } from './vpc-endpoint.ts'

/** The authenticated principal of one call, with everything its account says about it. */
export interface Caller {
  readonly principal: Principal
  readonly account: string
  readonly accessKeyId: string
  readonly identityPolicies: readonly NamedPolicy[]
  /** What a user or role can do at most. */
  readonly boundary?: NamedPolicy
  /** What limits the session; absent when nothing was passed. */
  readonly sessionPolicies?: readonly NamedPolicy[]
  readonly tags: readonly Tag[]
  /** Absent for who calls with long-term credentials. */
  readonly session?: CallerSession
  /** Somebody who has come with a token of an identity provider, and has no session yet. */
  readonly webIdentity?: WebIdentity
  /**
   * The service through which the principal's call comes, as `kms:ViaService` has it: `s3.us-east-1.amazonaws.com`.
   * Whoever calls in this process says so, or the credentials that the service was given for this principal; no
   * header does.
   */
  readonly via?: string
  /** What a service states of the resource that it calls for as itself. Nobody else's statements are heard. */
  readonly source?: Source
}

/** The resource on whose behalf a service calls. */
export interface Source {
  readonly arn?: string
  readonly account?: string
}

/** What temporary credentials say, beyond whose they are. */
export interface CallerSession {
  /** Milliseconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** Whether a one-time code was shown to get it: what records tell. */
  readonly multiFactor: boolean
  /** When that was, where policies may ask. */
  readonly multiFactorAt?: number
  /** Whether it is the root user of a member account for one task, which the management account asked for. */
  readonly assumedRoot?: boolean
  readonly sourceIdentity?: string
  /** Whom the session is for, as their identity provider vouches. */
  readonly webIdentity?: WebIdentity
  /** Tags that go on into the next session. */
  readonly transitiveTags: readonly Tag[]
}

/** Where a call came from, as far as the connection can tell. */
export interface Connection {
  /** The address of the caller, behind trusted proxies the one they report. */
  readonly sourceIp: string
  readonly userAgent: string
  readonly referer?: string
  readonly host: string
  /** The VPC endpoint that it came through. */
  readonly endpoint?: VpcEndpoint
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
  /** The call in somebody's trace, where calls are traced. */
  readonly span?: CallSpan | undefined
}
