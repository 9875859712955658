import type { GrantConstraints } from '@claviger/policy'
import type { Tag } from '../keys/key.ts'

/** What a request itself says that a policy may ask about. Absent members are absent condition keys. */
export interface RequestFacts {
  readonly encryptionAlgorithm?: string
  readonly encryptionContext?: Readonly<Record<string, string>>
  /** The alias name by which the request named its key. */
  readonly requestAlias?: string
  readonly reEncryptOnSameKey?: boolean
  readonly bypassPolicyLockoutSafetyCheck?: boolean
  readonly pendingWindowInDays?: number
  readonly newKey?: {
    readonly keySpec: string
    readonly keyUsage: string
    readonly origin: string
    readonly multiRegion: boolean
  }
  readonly grant?: {
    readonly constraintType?: 'EncryptionContextEquals' | 'EncryptionContextSubset'
    readonly sourceArn?: string
    readonly granteePrincipal?: string
    readonly granteeServicePrincipal?: string
    readonly retiringPrincipal?: string
    readonly retiringServicePrincipal?: string
    readonly operations?: readonly string[]
    /** What a grant that allows CreateGrant holds the new one against. */
    readonly constraints?: GrantConstraints
  }
  /** True only where a service calls for the principal, and only for operations that have the condition key. */
  readonly grantIsForAwsResource?: boolean
  readonly requestTags?: readonly Tag[]
  readonly tagKeys?: readonly string[]
}
