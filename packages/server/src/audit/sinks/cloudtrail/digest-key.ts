/** What signs digest files. The private half never leaves the root key's protection. */
export interface DigestKey {
  /** What the public key is called in digest files. */
  readonly fingerprint: string
  /** PKCS#1 DER, base64. */
  readonly publicKey: string
  /** RSASSA-PKCS1-v1_5 with SHA-256 of the text's UTF-8 bytes, in hex. */
  sign(text: string): string
}
