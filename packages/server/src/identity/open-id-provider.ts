import type { Tag } from './tags.ts'

/** An OpenID Connect provider that an account believes, when it vouches for somebody. */
export interface OpenIdProvider {
  readonly account: string
  /** Its URL without `https://`: what its ARN and its condition keys call it. */
  readonly place: string
  /** Whom its tokens may be meant for. */
  readonly clientIds: readonly string[]
  /** SHA-1 of certificates that its connection is trusted by, beside those that everybody trusts; lower-case hex. */
  readonly thumbprints: readonly string[]
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

/** What trust policies call a provider by. */
export function openIdProviderArn({ account, place }: Pick<OpenIdProvider, 'account' | 'place'>): string {
  return `arn:aws:iam::${account}:oidc-provider/${place}`
}

/** The place in a provider's ARN; `undefined` for any other text, and for another account's. */
export function placeInArn(arn: string, account: string): string | undefined {
  const beginning = openIdProviderArn({ account, place: '' })
  return arn.startsWith(beginning) && arn.length > beginning.length ? arn.slice(beginning.length) : undefined
}
