/** A name for a key within one account and Region. */
export interface Alias {
  readonly account: string
  readonly region: string
  /** With its prefix: `alias/orders`. */
  readonly name: string
  readonly targetKeyId: string
  readonly createdAt: number
  readonly updatedAt: number
}

export function aliasArn(alias: Pick<Alias, 'account' | 'region' | 'name'>): string {
  return `arn:aws:kms:${alias.region}:${alias.account}:${alias.name}`
}
