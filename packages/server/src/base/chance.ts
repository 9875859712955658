import { randomFillSync } from 'node:crypto'

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
  const uuid = uuidPool()
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
    uuid,
  }
}

const uuidsPerPool = 256
const [uuidBytes, uuidLetters] = [16, 36]
const dash = 0x2d
const digits = Buffer.from('0123456789abcdef')

/**
 * Random UUIDs (RFC 9562 §5.4), some hundred made at a time and each read off as one text: those of `randomUUID` are put
 * together from twenty.
 */
function uuidPool(): () => string {
  const drawn = Buffer.alloc(uuidsPerPool * uuidBytes)
  const letters = Buffer.alloc(uuidsPerPool * uuidLetters, dash)
  let used = uuidsPerPool
  return () => {
    if (used === uuidsPerPool) {
      randomFillSync(drawn)
      for (let index = 0; index < uuidsPerPool; index += 1) writeUuid(letters, drawn, index)
      used = 0
    }
    used += 1
    return letters.toString('latin1', (used - 1) * uuidLetters, used * uuidLetters)
  }
}

/** Writes a UUID around its dashes. */
function writeUuid(letters: Buffer, drawn: Buffer, index: number): void {
  const start = index * uuidBytes
  drawn[start + 6] = ((drawn[start + 6] ?? 0) & 0x0f) | 0x40
  drawn[start + 8] = ((drawn[start + 8] ?? 0) & 0x3f) | 0x80
  let at = index * uuidLetters
  for (let place = 0; place < uuidBytes; place += 1) {
    if (place === 4 || place === 6 || place === 8 || place === 10) at += 1
    const byte = drawn[start + place] ?? 0
    letters[at] = digits[byte >> 4] ?? 0
    letters[at + 1] = digits[byte & 15] ?? 0
    at += 2
  }
}
