/** Conditions under which a grant applies; both encryption-context forms at once are refused by CreateGrant. */
export interface GrantConstraints {
  readonly encryptionContextEquals?: Readonly<Record<string, string>>
  readonly encryptionContextSubset?: Readonly<Record<string, string>>
  readonly sourceArn?: string
}

/** A grant as it is stored: authority on one key, for one grantee, for some operations. */
export interface GrantRecord {
  readonly account: string
  readonly region: string
  readonly keyId: string
  /** 64 hex digits. */
  readonly grantId: string
  readonly granteePrincipal?: string
  /** The unique id of the user or role that the grantee ARN named when the grant was made. */
  readonly granteeUniqueId?: string
  readonly granteeServicePrincipal?: string
  readonly retiringPrincipal?: string
  readonly retiringUniqueId?: string
  readonly retiringServicePrincipal?: string
  readonly issuingAccount: string
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
  readonly name?: string
  readonly createdAt: number
}
