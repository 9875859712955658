/** A name of an account's own, which no two accounts share. */
export interface AccountAlias {
  readonly alias: string
  readonly account: string
}
