import type { Json } from './json.ts'
import type { Reference } from './references.ts'

/** What a file describes, read and found to be sound. What it says nothing about is absent. */
export interface InstallationFile {
  readonly path: string
  readonly region?: string
  /** The user of the management account whose credentials enter the others, where a root user applies the file. */
  readonly enterAccountsAs?: string
  readonly organization: WantedOrganization
  /** Every account; the first is the management account. */
  readonly accounts: readonly WantedAccount[]
}

/** How the account is called whose credentials are used: what stands at the top of a file is its. */
export const management = 'management'

/** A policy document as it was written, its references still in it. */
export interface WantedDocument {
  readonly value: Json
  readonly references: readonly Reference[]
}

export type Tags = Readonly<Record<string, string>>

export type ControlPolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'

export interface WantedControlPolicy {
  readonly type: ControlPolicyType
  readonly name: string
  readonly description?: string
  readonly document: WantedDocument
}

/** Control policies attached somewhere, by their names. */
export interface Attached {
  readonly type: ControlPolicyType
  readonly name: string
}

export interface WantedUnit {
  /** From the root, as `Workloads/Production`. */
  readonly path: string
  readonly attached: readonly Attached[]
}

export interface WantedOrganization {
  readonly controlPolicies: readonly WantedControlPolicy[]
  /** At the root. */
  readonly attached: readonly Attached[]
  /** Parents before their children. */
  readonly units: readonly WantedUnit[]
}

export interface WantedAccount {
  readonly name: string
  /** Of every account but the management account. */
  readonly email?: string
  readonly unit?: string
  readonly attached: readonly Attached[]
  readonly alias?: string
  readonly policies: readonly WantedManagedPolicy[]
  readonly groups: readonly WantedGroup[]
  readonly users: readonly WantedUser[]
  readonly roles: readonly WantedRole[]
  readonly providers: readonly WantedProvider[]
  readonly keys: readonly WantedKey[]
}

export interface WantedManagedPolicy {
  readonly name: string
  readonly path: string
  readonly description?: string
  readonly tags: Tags
  readonly document: WantedDocument
}

export interface InlinePolicy {
  readonly name: string
  readonly document: WantedDocument
}

/** What users, groups and roles have in common. */
export interface WantedHolder {
  readonly name: string
  readonly path?: string
  /** Names of managed policies of the account's in this file, or ARNs. */
  readonly policies: readonly string[]
  readonly inlinePolicies: readonly InlinePolicy[]
}

export type WantedGroup = WantedHolder

export interface WantedUser extends WantedHolder {
  readonly tags: Tags
  readonly groups: readonly string[]
  readonly boundary?: string
  /** Whether an access key is wanted, written to the credentials file. */
  readonly accessKey: boolean
}

export interface WantedRole extends WantedHolder {
  readonly tags: Tags
  readonly boundary?: string
  readonly description?: string
  readonly maxSessionSeconds?: number
  readonly trust: WantedDocument
}

export interface WantedProvider {
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly tags: Tags
}

export interface WantedKey {
  /** Its alias, without `alias/`. */
  readonly name: string
  /** Where it is, unless in the file's Region. */
  readonly region?: string
  readonly description?: string
  readonly spec?: string
  readonly usage?: string
  readonly multiRegion?: boolean
  readonly replicas: readonly string[]
  /** Days from one rotation to the next; `off` for a key that is not rotated. */
  readonly rotation?: number | 'off'
  readonly enabled?: boolean
  readonly tags: Tags
  readonly policy?: WantedDocument
  /** Further ones, without `alias/`. */
  readonly aliases: readonly string[]
  readonly grants: readonly WantedGrant[]
}

export interface WantedGrant {
  readonly name: string
  /** Principals may have references in them. */
  readonly grantee: string
  readonly retiringPrincipal?: string
  readonly operations: readonly string[]
  readonly constraint?: {
    readonly kind: 'EncryptionContextEquals' | 'EncryptionContextSubset'
    readonly pairs: Tags
  }
}
