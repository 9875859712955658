import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** One moment of a journal: a line's number, and the hash that vouches for that line and all before it. */
export interface Moment {
  readonly sequence: number
  /** SHA-256 of the line, in hex. */
  readonly hash: string
}

/**
 * What is signed. A checkpoint stays in the journal for ever and says that so far all is well; the head says besides
 * that nothing follows. They are different texts, so that nobody can show an old checkpoint as the end.
 */
export function signedText(kind: 'checkpoint' | 'head', { sequence, hash }: Moment): string {
  return `claviger journal ${kind} v1\n${sequence}\n${hash}\n`
}

/** Whoever checks signatures: made once from the public key, PEM. @throws Error when that is no key */
export function signatureCheck(publicKey: string): (text: string, signature: string) => boolean {
  const key: KeyObject = createPublicKey(publicKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('a journal is signed with an Ed25519 key')
  return (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
}
