/** What signs the journal. The private half never leaves the root key's protection; the public half is for everybody. */
export interface JournalKey {
  /** PEM SubjectPublicKeyInfo of an Ed25519 key. */
  readonly publicKey: string
  /** The Ed25519 signature (RFC 8032 §5.1) of the text's UTF-8 bytes, base64. */
  sign(text: string): string
}
