import type { Call, Caller } from '../../call/call.ts'
import { Refusal } from '../../protocol/errors.ts'

/** How long a root user's session may be, at most. */
const rootSecondsMost = 3600

/** What a user's session lasts where nobody says: twelve hours. */
export const usualSeconds = 43_200

/** A root user's is shortened, where it asks for more. */
export function secondsFor({ principal }: Caller, wanted: number): number {
  return principal.kind === 'root' ? Math.min(wanted, rootSecondsMost) : wanted
}

/** Only long-term credentials get a session of their own. @throws Refusal `AccessDeniedException` */
export function requireLongTerm(operation: string, { caller }: Call): void {
  const { kind } = caller.principal
  if (caller.session === undefined && (kind === 'user' || kind === 'root')) return
  throw new Refusal('AccessDeniedException', `Cannot call ${operation} with session credentials`)
}
