import type { GrantConstraints } from '../grants.ts'
import type { Layer } from '../layers.ts'
import type { Effect } from '../policy.ts'
import type { Owner, PolicyReference, StatementReference } from './explanation.ts'

/** Steps that together get the request allowed. `applySuggestion` takes them. */
export interface Suggestion {
  readonly steps: readonly Step[]
  readonly owners: readonly Owner[]
  /** How many of a set of other requests the changed policies would let through as well. */
  readonly opens: number
}

/** One thing that one owner does. */
export type Step = AddStatement | ChangeStatement | CreateGrant | ChangeRequest

/** A new statement in a policy, or in a new policy where there is none. */
export interface AddStatement {
  readonly kind: 'add-statement'
  readonly owner: Owner
  readonly layer: Layer
  /** Absent: a new policy. */
  readonly policy?: PolicyReference
  /** Of a new organization policy. */
  readonly level?: number
  readonly statement: StatementDocument
}

/** An Allow that is extended, or a Deny with one exception more. */
export interface ChangeStatement {
  readonly kind: 'change-statement'
  readonly owner: Owner
  readonly layer: Layer
  readonly target: StatementReference
  readonly additions: readonly Addition[]
  /** The statement after the change. */
  readonly statement: StatementDocument
}

/** A value more in an element of a statement. */
export interface Addition {
  readonly element: 'Principal' | 'NotPrincipal' | 'Action' | 'Resource' | 'Condition'
  readonly operator?: string
  readonly key?: string
  readonly value: string
}

/** A new grant on the key. */
export interface CreateGrant {
  readonly kind: 'create-grant'
  readonly owner: Owner
  readonly layer: 'grant'
  readonly granteePrincipal?: string
  readonly granteeServicePrincipal?: string
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
}

/** Nobody's policy changes; the request is made differently. */
export interface ChangeRequest {
  readonly kind: 'change-request'
  readonly owner: Owner
  readonly facts: readonly Fact[]
}

/** A statement as its author writes it. */
export interface StatementDocument {
  readonly Sid?: string
  readonly Effect: Effect
  readonly Principal?: PrincipalDocument
  readonly NotPrincipal?: PrincipalDocument
  readonly Action?: OneOrMore
  readonly NotAction?: OneOrMore
  readonly Resource?: OneOrMore
  readonly NotResource?: OneOrMore
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>
}

/** `Principal`, as its author writes it. */
export type PrincipalDocument = '*' | Readonly<Record<string, OneOrMore>>

/** AWS takes one value for a list of one. */
export type OneOrMore = string | readonly string[]

/** One statement that denies. */
export interface Denial {
  readonly layer: Layer
  readonly owner: Owner
  readonly statement: StatementReference
  /** Facts of the request, each of which alone would keep it from applying. */
  readonly stoppedBy: readonly Fact[]
  /** The narrowest exception its owner could write. */
  readonly exception?: ChangeStatement
}

/** A fact of a request as it would have to be. */
export interface Fact {
  /** A condition key, as the policy writes it. */
  readonly key: string
  /** Null: the request must not have the key. */
  readonly value: string | readonly string[] | null
  /** What the policy asks for, where `value` is just an example of it. */
  readonly like?: string
  /** Who can bring it about. */
  readonly owner: Owner
}
