/**
 * Stops when something that must hold does not: a bug of ours, never a caller's mistake. The message names
 * what must hold and no values, since it may end in a log that is not allowed to see them.
 */
export function invariant(condition: unknown, whatMustHold: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${whatMustHold}`)
}
