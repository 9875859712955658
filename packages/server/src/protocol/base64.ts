/** What is wrong with base64 text, in AWS's words but without the text itself: it may be a plaintext. */
export type Base64Problem = string

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * Bytes from base64, as strictly as AWS reads it: padded, without white space, without stray bits.
 * Node's own reader skips what it does not know, which would let two texts mean one ciphertext.
 */
export function parseBase64(text: string): Uint8Array | Base64Problem {
  if (text.length % 4 !== 0)
    return `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = Buffer.from(text, 'base64')
  // Skipped characters leave too few bytes; only the URL alphabet's two would have been taken for others.
  const wanted = (text.length / 4) * 3 - padding
  if (bytes.length !== wanted || text.includes('-') || text.includes('_')) return 'Invalid Base64 character'
  if (padding > 0 && hasStrayBits(text, padding)) return 'Invalid last non-pad Base64 character dectected'
  return bytes
}

/** Whether the last character carries bits that belong to no byte. */
function hasStrayBits(text: string, padding: number): boolean {
  const last = alphabet.indexOf(text.charAt(text.length - padding - 1))
  return (last & (padding === 1 ? 0b11 : 0b1111)) !== 0
}

/** Base64 of bytes, without copying them first. */
export function writeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
