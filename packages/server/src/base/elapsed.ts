/**
 * Milliseconds since some moment in the past, in fractions: for how long things take. Unlike the time of day it is
 * nobody's to set, so no call ever took less than nothing; and a test has no use for owning it.
 */
export const monotonicMs = (): number => performance.now()
