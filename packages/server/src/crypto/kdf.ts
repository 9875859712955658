import { createHmac } from 'node:crypto'
import { invariant } from '../base/invariant.ts'
import { revealAsKey, type Secret } from './secret.ts'

/** One HMAC-SHA-512 output: enough for a 32-byte key and 32 more. */
export const derivedBytes = 64

/**
 * SP 800-108r1 §4.1, KDF in counter mode with HMAC-SHA-512, for the one block that all our uses need:
 *
 *     HMAC(secret, [1]32 || label || 0x00 || context || [512]32)
 *
 * Each use has a label of its own, so what one use derives says nothing about another's. Labels are ours and
 * hold no zero byte, so no label and context can be read as another label and context.
 *
 * Material that callers may MAC their own messages with (HMAC keys) must not derive anything secret here: their
 * GenerateMac is this very function.
 */
export function derive(secret: Secret, label: string, ...context: readonly Uint8Array[]): Buffer {
  const mac = createHmac('sha512', revealAsKey(secret)).update(opening(label))
  for (const part of context) mac.update(part)
  return mac.update(bitLength).digest()
}

const bitLength = Buffer.from([0, 0, 0x02, 0x00])

const openings = new Map<string, Buffer>()

/** Counter, label and separator: the same for every call of a use, so made once. */
function opening(label: string): Buffer {
  const known = openings.get(label)
  if (known !== undefined) return known
  invariant(label.length > 0 && !label.includes('\0'), 'a label is not empty and has no zero byte')
  const made = Buffer.from(`\0\0\0\x01${label}\0`)
  openings.set(label, made)
  return made
}
