/** An account: whose keys and principals these are. */
export interface Account {
  /** Twelve digits. */
  readonly accountId: string
  readonly name: string
  readonly email?: string
  readonly createdAt: number
}

export function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`
}
