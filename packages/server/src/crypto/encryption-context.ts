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

/**
 * What a ciphertext authenticates beside what it holds: its header, and behind it the encryption context. Nearly every
 * context is a few short words in ASCII, and those are written in one piece; the bytes are the same.
 */
export function withEncryptionContext(
  header: Uint8Array,
  context: Readonly<Record<string, string>>,
): Uint8Array {
  const text = plainText(context)
  if (text === undefined) return Buffer.concat([header, encryptionContextBytes(context)])
  if (text === '') return header
  const bytes = Buffer.allocUnsafe(header.length + text.length)
  bytes.set(header)
  bytes.write(text, header.length, 'latin1')
  return bytes
}

/** A context's bytes as characters, one for each; `undefined` where it holds anything but short words in ASCII. */
function plainText(context: Readonly<Record<string, string>>): string | undefined {
  const keys = Object.keys(context)
  // What is all ASCII sorts alike as JavaScript does it and by bytes.
  if (keys.length > 1) keys.sort()
  let text = ''
  for (const key of keys) {
    const value = context[key] ?? ''
    if (!isPlain(key) || !isPlain(value)) return undefined
    text += `${lengths[key.length]}${key}${lengths[value.length]}${value}`
  }
  return text
}

const plainCharacters = 128

/** Each length below 128 as the four characters that stand for its bytes. */
const lengths = Array.from({ length: plainCharacters }, (_, length) => `\0\0\0${String.fromCharCode(length)}`)

function isPlain(text: string): boolean {
  if (text.length >= plainCharacters) return false
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) >= plainCharacters) return false
  return true
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
