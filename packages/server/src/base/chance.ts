import { randomFillSync, randomUUID } from 'node:crypto'

/** Where randomness comes from. Everything that asks for it takes a Chance, so that a test can repeat it. */
export interface Chance {
  /** Bytes nobody else has or will get; they belong to the one who asked. */
  bytes(count: number): Uint8Array
  /** A random (version 4) UUID in lower case. */
  uuid(): string
}

const poolBytes = 8192

/**
 * The system's cryptographic randomness. Small draws come out of a pool, because one large draw costs the
 * kernel no more than one small one. What is handed out is wiped from the pool at once, so a later look at
 * this process's memory does not find nonces and keys that are already in use.
 */
export function systemChance(): Chance {
  const pool = new Uint8Array(poolBytes)
  let used = poolBytes
  return {
    bytes(count) {
      if (count > poolBytes / 8) return randomFillSync(new Uint8Array(count))
      if (used + count > poolBytes) {
        randomFillSync(pool)
        used = 0
      }
      const drawn = pool.slice(used, used + count)
      pool.fill(0, used, used + count)
      used += count
      return drawn
    },
    uuid: () => randomUUID(),
  }
}
