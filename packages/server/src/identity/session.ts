import type { Chance } from '../base/chance.ts'
import { newIdentifier } from './identifier.ts'
import type { Tag } from './tags.ts'

/**
 * Temporary credentials and everything they stand for. None of it is stored: it travels, sealed, in the session token,
 * and whoever opens the token knows all that verifying takes.
 */
export interface Session {
  /** `ASIA` and 16 letters or digits. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly account: string
  readonly source: SessionSource
  /** Milliseconds since the epoch, in whole seconds. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly policies: readonly SessionPolicy[]
  readonly tags: readonly Tag[]
  /** Keys of the tags that go on into sessions that this one asks for. */
  readonly transitiveTagKeys: readonly string[]
  /** When a one-time code was shown to get it. */
  readonly multiFactorAt?: number
  readonly sourceIdentity?: string
}

/** Whose session it is. A user's own lives no longer than the access key that asked for it; a root task's, its time. */
export type SessionSource =
  | {
      readonly kind: 'role'
      readonly roleId: string
      readonly sessionName: string
      readonly webIdentity?: WebIdentity
    }
  | { readonly kind: 'user'; readonly issuer: string }
  | { readonly kind: 'root' }
  | { readonly kind: 'federated-user'; readonly issuer: string; readonly name: string }

/** What limits a session: a policy written into it, or a managed one by its ARN. */
export type SessionPolicy = { readonly text: string } | { readonly arn: string }

/** Somebody as an identity provider vouches for them. */
export interface WebIdentity {
  /** The provider's ARN. */
  readonly provider: string
  readonly subject: string
  readonly audience: string
  /** Condition keys, by their names in lower case: `idp.example.com:sub`. */
  readonly conditionKeys: Readonly<Record<string, string | readonly string[]>>
}

export function newSessionKeyId(chance: Chance): string {
  return newIdentifier('ASIA', 16, chance)
}

/** What policies call a federated user by. */
export function federatedUserArn(account: string, name: string): string {
  return `arn:aws:sts::${account}:federated-user/${name}`
}

/** Tags with others over them: of two whose keys differ in case alone, the one on top counts. */
export function tagsOver(below: readonly Tag[], above: readonly Tag[]): readonly Tag[] {
  const keys = new Set(above.map(({ key }) => key.toLowerCase()))
  return [...below.filter(({ key }) => !keys.has(key.toLowerCase())), ...above]
}
