import type { GrantConstraints } from '@claviger/policy'
import type { Tag } from '../keys/key.ts'

/** What a request itself says that a policy may ask about. Absent members are absent condition keys. */
export interface RequestFacts {
  readonly encryptionAlgorithm?: string
  readonly macAlgorithm?: string
  readonly signingAlgorithm?: string
  readonly messageType?: string
  readonly keyAgreementAlgorithm?: string
  readonly dataKeyPairSpec?: string
  readonly encryptionContext?: Readonly<Record<string, string>>
  /** The alias name by which the request named its key. */
  readonly requestAlias?: string
  readonly reEncryptOnSameKey?: boolean
  readonly bypassPolicyLockoutSafetyCheck?: boolean
  readonly pendingWindowInDays?: number
  /** Whole days since the key was last used; only for operations that would end its use. */
  readonly daysWithoutUsage?: number
  readonly rotationPeriodInDays?: number
  /** How key material is wrapped to be imported, and for how long it is. */
  readonly wrappingAlgorithm?: string
  readonly wrappingKeySpec?: string
  readonly expirationModel?: string
  /** Milliseconds since the epoch. */
  readonly validTo?: number
  readonly newKey?: {
    readonly keySpec: string
    readonly keyUsage: string
    readonly origin: string
    readonly multiRegion: boolean
    readonly multiRegionKeyType?: 'PRIMARY' | 'REPLICA'
  }
  readonly replicaRegion?: string
  readonly primaryRegion?: string
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
  /** Only the operations that have `kms:GrantIsForAWSResource` say so. */
  readonly concernsGrants?: true
  /** What was measured where the answer goes, as a verified attestation document says. */
  readonly recipientAttestation?: {
    readonly source: 'enclave' | 'nitro-tpm'
    /** Platform configuration registers in lower-case hex, by their number. */
    readonly registers: ReadonlyMap<string, string>
  }
  readonly requestTags?: readonly Tag[]
  /** Tags of what is acted on, where that is not a key. */
  readonly resourceTags?: readonly Tag[]
  /** The ARN of the boundary that a user or role has, or is to have. */
  readonly permissionsBoundary?: string
  /** The managed policy that is attached or detached. */
  readonly policyArn?: string
  /** The type of the organization's policies that the request is about. */
  readonly organizationPolicyType?: string
  /** The service that a role is handed to. */
  readonly passedToService?: string
  /** The service that a role is linked to. */
  readonly awsServiceName?: string
  readonly tagKeys?: readonly string[]
  /** How a session is asked for. */
  readonly roleSessionName?: string
  readonly externalId?: string
  readonly sourceIdentity?: string
  readonly transitiveTagKeys?: readonly string[]
  readonly durationSeconds?: number
  /** The policy that limits a session as a root user to a task. */
  readonly taskPolicyArn?: string
  /** When the one-time code that came with the request was shown, in milliseconds since the epoch. */
  readonly multiFactorAt?: number
}
