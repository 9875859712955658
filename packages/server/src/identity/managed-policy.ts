import { type Entity, lowerName } from './entity.ts'
import type { Tag } from './tags.ts'

/** An identity policy that stands for itself: attached to many, kept in versions of which one counts. */
export interface ManagedPolicy extends Entity {
  readonly description?: string
  readonly tags: readonly Tag[]
  readonly updatedAt: number
  readonly defaultVersion: number
  /** The number of the newest there ever was: none is given twice. */
  readonly newestVersion: number
  readonly versions: readonly PolicyVersion[]
}

/** A text that a policy had, has or may have again. */
export interface PolicyVersion {
  readonly number: number
  readonly text: string
  readonly createdAt: number
}

/** That a managed policy is attached to a user, group or role. */
export interface Attachment {
  readonly account: string
  readonly ownerId: string
  readonly policyArn: string
}

/** The account whose policies everybody has: those that AWS manages. */
export const awsAccount = 'aws'

/** What people and policies call it by; no two policies of an account share a name, whatever their paths. */
export function policyArn({ account, path, name }: Pick<ManagedPolicy, 'account' | 'path' | 'name'>): string {
  return `arn:aws:iam::${account}:policy${path}${name}`
}

/** What lists are sorted by: an account may have a policy of the same name as one of AWS. */
export function policyOrder(policy: Pick<ManagedPolicy, 'account' | 'name'>): string {
  return `${lowerName(policy)} ${policy.account}`
}

/** The parts of a managed policy's ARN; `undefined` for any other text. */
export function parsePolicyArn(
  arn: string,
): { readonly account: string; readonly path: string; readonly name: string } | undefined {
  const [, account, path, name] = /^arn:aws:iam::(\d{12}|aws):policy(\/|\/.*\/)([\w+=,.@-]+)$/.exec(arn) ?? []
  return account === undefined || path === undefined || name === undefined
    ? undefined
    : { account, path, name }
}

/** A version as IAM numbers it. */
export const versionId = (version: number) => `v${version}`

/** The version of that id (`v2`); `undefined` when the policy has none such, or no more. */
export function findVersion({ versions }: ManagedPolicy, id: string): PolicyVersion | undefined {
  return versions.find((version) => versionId(version.number) === id)
}

/** The text that counts. */
export function defaultText({ versions, defaultVersion }: ManagedPolicy): string {
  return versions.find(({ number }) => number === defaultVersion)?.text ?? ''
}
