/** Where time comes from. Everything that asks for it takes a Clock, so that a test can own the calendar. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

/** The machine's own time; given out by whoever starts the service and read by nobody else. */
export const systemClock: Clock = { now: () => Date.now() }
