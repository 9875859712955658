import type { Authorization } from '@claviger/policy'
import type { ServiceName } from '../protocol/services.ts'

/** What every call goes through, as a trace shows it. */
export type CallStep = 'authenticate' | 'decide' | 'do' | 'record'

/** What a call came to. */
export interface CallEnd {
  readonly service: ServiceName
  /** Absent where it was refused before it had one. */
  readonly operation: string | undefined
  readonly requestId: string
  /** That of the refusal; absent where it went well. */
  readonly code: string | undefined
  /** Whether the failure was ours. */
  readonly isFault: boolean
}

/**
 * One call in somebody's trace. It is told names, ARNs and codes, and never what was sent or answered: a trace goes to
 * another system, with other readers.
 */
export interface CallSpan {
  /** A step is done; it began where the one before it ended. */
  did(step: CallStep): void
  /** An access request of the call was decided, perhaps one about a key. */
  decided(decision: Pick<Authorization, 'decision' | 'layer'>, keyArn: string | undefined): void
  end(end: CallEnd): void
}

/** Begins the span of one call, in the trace that its headers (values by lower-case names) say it is part of. */
export type BeginSpan = (fields: ReadonlyMap<string, string>) => CallSpan
