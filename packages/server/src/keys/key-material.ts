/** One secret of a key, wrapped under the root key. A key may have several (rotation); one is current. */
export interface KeyMaterial {
  readonly account: string
  readonly region: string
  readonly keyId: string
  /** 64 hex digits. */
  readonly materialId: string
  /** The wrapped bytes, base64. Absent when imported material has expired or was deleted. */
  readonly sealed?: string
  /**
   * The public half of a pair, wrapped too: no secret, but whoever could put another in its place could have
   * forged signatures verify. It stays when the secret goes.
   */
  readonly sealedPublicKey?: string
  readonly createdAt: number
}
