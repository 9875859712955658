import { createHash } from 'node:crypto'
import type { Chance } from '../../src/base/chance.ts'

/** Chance that comes out the same every time, for one seed; no two draws of it are alike. */
export function ownChance(seed = 'claviger'): Chance {
  let blocks = 0
  const bytes = (count: number): Uint8Array => {
    const parts: Buffer[] = []
    for (let made = 0; made < count; made += 32) {
      blocks += 1
      parts.push(createHash('sha256').update(`${seed} ${blocks}`).digest())
    }
    return Uint8Array.from(Buffer.concat(parts).subarray(0, count))
  }
  return {
    bytes,
    uuid() {
      const hex = Buffer.from(bytes(16)).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}
