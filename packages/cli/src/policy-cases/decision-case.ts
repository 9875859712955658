import type { EncryptionContext, Grant, GrantConstraints, PolicyKind, Principal } from '@claviger/policy'

/**
 * A decision case: one question about one action, with everything that has a say in the answer. The file format
 * is docs/decision-cases.md; `readCase` reads it, and expectations of `policy test` are turned into it.
 */
export interface DecisionCase {
  /** As the file has it, to be given back as it is. */
  readonly id: unknown
  readonly title?: string
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  /** Absent where there is no key. */
  readonly keyPolicy?: PolicyText
  readonly identityPolicies: readonly PolicyText[]
  readonly boundary?: PolicyText
  readonly sessionPolicies?: readonly PolicyText[]
  readonly serviceControlPolicies?: PolicyLevels
  readonly resourceControlPolicies?: PolicyLevels
  readonly endpointPolicy?: PolicyText
  readonly grants: readonly Grant[]
  /** Said by the case itself, by lower-case name; wins over what is implied. */
  readonly conditionKeys: ReadonlyMap<string, string | readonly string[]>
  /** Whether nothing is implied beside them. */
  readonly conditionKeysComplete: boolean
  readonly encryptionContext: EncryptionContext
  readonly request: CaseRequest
  /** What PutKeyPolicy would put, for the check that its author can still change it. */
  readonly newKeyPolicy?: PolicyText
  readonly callerIsManagementAccount: boolean
  readonly keyManager?: 'AWS' | 'CUSTOMER'
  readonly expected?: Answer
}

/** A policy document as text, which keeps what parsing JSON would lose: names given twice, and places. */
export interface PolicyText {
  /** By which people know it: a file, or where it stands in the case. */
  readonly name: string
  readonly kind: PolicyKind
  readonly text: string
}

/** Level by level, from the root of the organization. */
export type PolicyLevels = readonly (readonly PolicyText[])[]

/** Members of the operation's input, those read that authorization depends on, the rest as they are. */
export interface CaseRequest {
  readonly operations?: readonly string[]
  readonly constraints?: GrantConstraints
  readonly tags?: readonly { readonly key: string; readonly value: string }[]
  readonly tagKeys?: readonly string[]
  readonly grantId?: string
  /** Every member that is a text, number or truth value, as text. */
  readonly members: Readonly<Record<string, string>>
}

/** What was decided, in the words of the case format. */
export type Answer =
  | { readonly decision: 'ALLOW' }
  | { readonly decision: 'DENY'; readonly kind: 'explicit' | 'implicit'; readonly policyType: string }
  | { readonly decision: 'ERROR'; readonly error?: string; readonly message?: string }
