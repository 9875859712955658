import { type SharedClock, sharedClock } from '../../src/base/clock.ts'

/** A clock that stands still until a test moves it, in whatever thread it is read. */
export interface OwnClock extends SharedClock {
  advance(milliseconds: number): void
}

export function ownClock(start = Date.UTC(2026, 0, 1)): OwnClock {
  const time = new Float64Array(new SharedArrayBuffer(8))
  time[0] = start
  const clock = sharedClock(time.buffer)
  return {
    ...clock,
    advance(milliseconds) {
      time[0] = clock.now() + milliseconds
    },
  }
}
