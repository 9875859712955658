import type { Clock } from '../../src/base/clock.ts'

/** A clock that stands still until a test moves it. */
export interface OwnClock extends Clock {
  advance(milliseconds: number): void
}

export function ownClock(start = Date.UTC(2026, 0, 1)): OwnClock {
  let now = start
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds
    },
  }
}
