import type { Grant, Principal } from '@claviger/policy'
import type { CaseRequest, PolicyLevels, PolicyText } from '../policy-cases/decision-case.ts'
import type { Sentence } from './sentence.ts'

/** A file of expectations: policies, principals, and what is to be allowed and denied. */
export interface ExpectationFile {
  readonly keyArn: string
  readonly keyPolicy: PolicyText
  readonly principals: ReadonlyMap<string, NamedPrincipal>
  /** Sent with every request, unless a sentence says otherwise. */
  readonly encryptionContext: Readonly<Record<string, string>>
  readonly conditionKeys: GivenKeys
  /** Of the key's account. */
  readonly serviceControlPolicies?: PolicyLevels
  readonly resourceControlPolicies?: PolicyLevels
  readonly endpointPolicy?: PolicyText
  readonly grants: readonly Grant[]
  readonly expectations: readonly Expectation[]
}

/** Condition keys by lower-case name. */
export type GivenKeys = ReadonlyMap<string, string | readonly string[]>

/** A principal and what is attached to it. */
export interface NamedPrincipal {
  readonly principal: Principal
  readonly identityPolicies: readonly PolicyText[]
  readonly boundary?: PolicyText
  readonly sessionPolicies?: readonly PolicyText[]
  /** Of its account, where that is not the key's. */
  readonly serviceControlPolicies?: PolicyLevels
}

export interface Expectation {
  readonly effect: 'allow' | 'deny'
  /** As it was written. */
  readonly line: string
  readonly sentence: Sentence
  readonly caller: NamedPrincipal
  /** What sentences have no words for: members of the request, and condition keys of several values. */
  readonly request: CaseRequest
  readonly conditionKeys: GivenKeys
  /** Where it stands, counted from one. */
  readonly lineNumber: number
}

export interface FileProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}
