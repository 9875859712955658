import { invariant } from '../base/invariant.ts'

/**
 * The one byte form of an encryption context, to be authenticated with a ciphertext: the pairs in the order of
 * their keys' UTF-8 bytes, each as length and bytes of key, length and bytes of value (lengths are 32 bits, big
 * end first). However a caller orders the pairs the bytes are the same, and no two contexts share them. The empty
 * context is no bytes, which is also what leaving it out means.
 */
export function encryptionContextBytes(context: Readonly<Record<string, string>>): Uint8Array {
  const keys = Object.keys(context)
  if (keys.length === 0) return noBytes
  if (keys.length > 1) keys.sort(compareUtf8)
  let length = 0
  for (const key of keys) length += 8 + Buffer.byteLength(key) + Buffer.byteLength(context[key] ?? '')
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const key of keys) at = writeText(bytes, context[key] ?? '', writeText(bytes, key, at))
  return bytes
}

function writeText(bytes: Buffer, text: string, at: number): number {
  // A lone surrogate has no UTF-8 form and would be written as U+FFFD: two contexts, one form. Such text is
  // refused where a request is read; here it could only be a bug.
  invariant(text.isWellFormed(), 'an encryption context is well-formed text')
  const length = bytes.write(text, at + 4)
  bytes.writeUInt32BE(length, at)
  return at + 4 + length
}

const noBytes = new Uint8Array(0)

/** Compares as the UTF-8 bytes would, which differs from JavaScript's own order by where surrogates stand. */
function compareUtf8(left: string, right: string): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at += 1) {
    const [mine, yours] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (mine !== yours) return rank(mine) - rank(yours)
  }
  return left.length - right.length
}

/** Moves surrogates, which stand for code points from U+10000, behind U+FFFF. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x2800 : codeUnit
}
