/** An IAM user. Its unique id is never used again, its name may be. */
export interface User {
  readonly account: string
  /** `AIDA` and 17 letters or digits. */
  readonly uniqueId: string
  readonly name: string
  /** `/` or `/division/team/`. */
  readonly path: string
  readonly createdAt: number
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

/** An identity policy written into one user. */
export interface UserPolicy {
  readonly account: string
  readonly userId: string
  readonly name: string
  readonly text: string
}

export function userArn(user: Pick<User, 'account' | 'path' | 'name'>): string {
  return `arn:aws:iam::${user.account}:user${user.path}${user.name}`
}
