import type { Store } from '../src/storage/store.ts'

/** Counts what is read of a store while a call is made; denials of earlier calls are put away beside it and do not count. */
export function countReads(store: Store) {
  let reads = 0
  const counted =
    <A extends unknown[], R>(read: (...asked: A) => R) =>
    (...asked: A): R => {
      if (asked[0] !== 'denial') reads += 1
      return read.apply(store, asked)
    }
  const { find, list } = store
  Object.assign(store, { find: counted(find), list: counted(list) })
  return {
    async during(call: () => Promise<unknown>): Promise<number> {
      const before = reads
      await call()
      return reads - before
    },
    stop: () => Object.assign(store, { find, list }),
  }
}
