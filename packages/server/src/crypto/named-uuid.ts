import { createHash } from 'node:crypto'

/**
 * A UUID that follows from a name, so that whoever makes one for the same name makes the same (version 8, RFC 9562
 * §5.8). For things of which there is one of each name, and that nobody must be able to make twice.
 */
export function namedUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
