/**
 * A value, or the promise of one. What is in memory is given at once: each `await` costs a promise and a turn of the
 * queue, and a call that finds everything it needs would make a dozen of them.
 */
export type Soon<T> = T | Promise<T>

/** Goes on with a value: now if it is here, and else when it has come. */
export function whenHere<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
