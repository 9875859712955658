import { Unrecorded } from '../audit/ledger.ts'
import { CannotStart } from '../base/cannot-start.ts'
import { type Kind, VersionMoved } from '../storage/store.ts'

/** What was thrown in one thread, as another is told: errors lose their class on the way. */
export type SentFailure =
  | { readonly is: 'VersionMoved'; readonly kind: Kind }
  | { readonly is: 'Unrecorded' | 'CannotStart' | 'Error'; readonly message: string; readonly cause: unknown }

export function failureOf(error: unknown): SentFailure {
  if (error instanceof VersionMoved) return { is: 'VersionMoved', kind: error.kind }
  const { message, cause } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof Unrecorded) return { is: 'Unrecorded', message, cause: shown(cause) }
  if (error instanceof CannotStart) return { is: 'CannotStart', message, cause: shown(cause) }
  return { is: 'Error', message, cause: shown(error) }
}

/** The same as it was thrown, as far as whoever catches it can tell. */
export function thrownBy(failure: SentFailure): Error {
  if (failure.is === 'VersionMoved') return new VersionMoved(failure.kind)
  const { message, cause } = failure
  if (failure.is === 'Unrecorded') return new Unrecorded(message, { cause })
  if (failure.is === 'CannotStart') return new CannotStart(message, { cause })
  return new Error(message, { cause })
}

/** Where it came from, for a log: what else an error holds may be something that threads cannot share. */
function shown(cause: unknown): unknown {
  return cause instanceof Error ? cause.stack : undefined
}
