/** One secret of a key, wrapped under the root key. A key may have several (rotation); one is current. */
export interface KeyMaterial {
  readonly account: string
  readonly region: string
  readonly keyId: string
  /** 64 hex digits. */
  readonly materialId: string
  /** The wrapped bytes, base64. */
  readonly sealed: string
  readonly createdAt: number
}
