/** Where time comes from. Everything that asks for it takes a Clock, so that a test can own the calendar. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

/** The machine's own time; given out by whoever starts the service and read by nobody else. */
export const systemClock: Clock = { now: () => Date.now() }

/** A clock that other threads can read as well: its time stands in memory that they share. */
export interface SharedClock extends Clock {
  readonly memory: SharedArrayBuffer
}

/** The clock whose time stands in this memory, as a number of 8 bytes. */
export function sharedClock(memory: SharedArrayBuffer): SharedClock {
  const time = new Float64Array(memory)
  return { memory, now: () => time[0] ?? 0 }
}

/** The memory of a clock's time, if it is not the machine's own. @throws Error for one that other threads cannot read */
export function memoryOf(clock: Clock): SharedArrayBuffer | undefined {
  if (clock === systemClock) return undefined
  if ('memory' in clock) return (clock as SharedClock).memory
  throw new Error('several workers share the machine’s clock, or one in memory that they share')
}
