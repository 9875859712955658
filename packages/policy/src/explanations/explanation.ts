import type { ConditionReason } from '../conditions/modifiers.ts'
import type { EncryptionContext, GrantConstraints } from '../grants.ts'
import type { Layer } from '../layers.ts'
import type { Decision, Effect } from '../policy.ts'
import type { Denial, Suggestion } from './remedy.ts'

/**
 * Why a request was decided as it was, and what would change that: plain JSON, so that it can be kept in an audit
 * record and shown years later. Sentences are made of it in `lines.ts`, and nowhere else.
 */
export interface Explanation {
  readonly outcome: Outcome
  readonly request: RequestShown
  /** What surrounds the accounts: each level of organization policies, and the VPC endpoint policy. */
  readonly gates: readonly Gate[]
  /** The ways in which such a caller could be let in at all. */
  readonly ways: readonly Way[]
  /** Every layer that exists, decisive or not. */
  readonly layers: readonly LayerShown[]
  /** Grants on the key, those nearest to allowing first. */
  readonly grants: readonly GrantShown[]
  /** How many grants are not shown, because nothing in them concerns the caller. */
  readonly grantsLeftOut: number
  /** Of an explicit deny: every statement that denies, of which every single one has to be escaped. */
  readonly denials: readonly Denial[]
  /**
   * The minimal sets of layers that would have to allow, once no statement denies. Each suffices, none can do
   * without one of its layers, and none contains another. Empty when nothing is missing, or nothing helps.
   */
  readonly alternatives: readonly (readonly Layer[])[]
  /** The nearest allowing statement of each layer that is in an alternative. */
  readonly nearest: readonly NearestStatement[]
  /** Changes after which the request is allowed, tried before they are offered, the best first. */
  readonly suggestions: readonly Suggestion[]
  readonly hints: readonly Hint[]
  /** Undocumented corners that this decision touched: here our choice must not be taken for AWS's word. */
  readonly uncertainty: readonly Uncertainty[]
}

/** What was decided. */
export interface Outcome {
  readonly decision: Decision
  /** Of an allow, what let the caller in; of a deny, what AWS would name. */
  readonly layer: Layer
  /** AWS's own sentence, as the caller reads it. AWS says nothing about an allow. */
  readonly sentence?: string
  readonly because: readonly StatementReference[]
  readonly grantId?: string
}

/** What was asked. */
export interface RequestShown {
  /** The caller's ARN, or the name of the service. */
  readonly caller: string
  readonly callerKind: 'user' | 'assumed-role' | 'federated-user' | 'root' | 'service' | 'web-identity'
  /** Absent for a service. */
  readonly callerAccount?: string
  /** The role behind a session, the user behind a federated one. */
  readonly behindCaller?: string
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly foreign: boolean
  readonly encryptionContext: EncryptionContext
}

/** Whose decision a layer is. The account says which of several administrators. */
export interface Owner {
  readonly role:
    | 'key-administrator'
    | 'iam-administrator'
    | 'organization-administrator'
    | 'network-administrator'
    | 'caller'
  readonly account?: string
}

/** Where a policy is found in what was asked: the layer, the level of an organization, the place in the list. */
export interface PolicyReference {
  readonly layer: Layer
  readonly name: string
  readonly arn?: string
  /** Of organization policies, counted from the root, which is 0. */
  readonly level?: number
  readonly index: number
}

/** Where a statement is found, by place and by whatever name it has. */
export interface StatementReference {
  readonly policy: PolicyReference
  /** Counted from 0. */
  readonly index: number
  readonly sid?: string
  readonly line: number
  readonly column: number
}

/** Something every request has to pass, whoever is let in behind it. */
export interface Gate {
  readonly layer: Layer
  /** Of organization policies, counted from the root, which is 0. */
  readonly level?: number
  readonly owner: Owner
  readonly open: boolean
  /** `ExplicitDeny` and `ImplicitDeny` both close it. */
  readonly verdict: Decision
  /** The statements that open it or deny; empty when nothing allows. */
  readonly by: readonly StatementReference[]
}

/** Ways to be let in, by what a key's policy or a grant says of the caller. */
export type WayKind =
  | 'key-policy-names-caller'
  | 'key-policy-names-role'
  | 'key-policy-names-account'
  | 'grant'
  | 'cross-account'
  /** An operation without a key is up to the caller's own policies. */
  | 'identity-policy'

/** A way to be let in, open or not. */
export interface Way {
  readonly kind: WayKind
  /** The layers that still have to allow, closed gates aside; empty when the way is open. */
  readonly lacks: readonly Layer[]
  /** What there is of it already. */
  readonly by: readonly StatementReference[]
  readonly grantIds: readonly string[]
}

/** One layer, and what all of it says. */
export interface LayerShown {
  readonly layer: Layer
  readonly owner: Owner
  /** All policies of the layer together. */
  readonly verdict: Decision
  /** Why its policies have no say about this caller; absent when they do. */
  readonly exempt?: Exemption
  readonly policies: readonly PolicyShown[]
}

/** Why a layer does not bind a caller. */
export type Exemption =
  | 'management account'
  | 'service-linked role'
  | 'service'
  | 'root user'
  | 'key managed by AWS'
  | 'retiring a grant'
  | 'operation without a resource'

/** One policy, and what it says by itself. */
export interface PolicyShown {
  readonly reference: PolicyReference
  readonly verdict: Decision
  readonly statements: readonly StatementShown[]
}

/** How a statement means the caller; `attached` where policies have no `Principal`. */
export type Naming = 'caller' | 'role' | 'account' | 'nobody' | 'attached'

/** One statement held against the request. */
export interface StatementShown {
  readonly reference: StatementReference
  readonly effect: Effect
  readonly applies: boolean
  readonly names: Naming
  readonly elements: readonly ElementShown[]
  /** A statement without `Action` or `Resource`, which a key policy may hold and which does nothing. */
  readonly inert: boolean
  /** What keeps it from applying: principal 4, action 3, resource 3, condition 1, and 1 more for a missing key. */
  readonly distance: number
}

/** One element of a statement held against the request. */
export type ElementShown = TextShown | ConditionShown

/** An element that lists patterns. */
export interface TextShown {
  readonly kind: 'text'
  readonly element: 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource'
  readonly matches: boolean
  readonly wanted: readonly string[]
  readonly actual: string
  /** The patterns that cover the actual value, whether or not the element is negated. */
  readonly by: readonly string[]
  /** When none does, the one that looks most like it. */
  readonly nearest?: string
  /** ARNs that would name the caller, were they not bound to the id of a user or role that is gone. */
  readonly boundElsewhere?: readonly string[]
}

/** One operator and condition key, and why that holds or does not. */
export interface ConditionShown {
  readonly kind: 'condition'
  readonly element: 'Condition'
  readonly matches: boolean
  readonly operator: string
  readonly key: string
  readonly wanted: readonly string[]
  /** Absent when the request has no such key. */
  readonly actual?: string | readonly string[]
  readonly because: ConditionReason | 'variable without value'
  /** Those of `wanted` with a variable for which the request has no value. */
  readonly unresolved: readonly string[]
}

/** One grant held against the request. */
export interface GrantShown {
  readonly grantId: string
  readonly grantee: string
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
  readonly applies: boolean
  readonly names: Exclude<Naming, 'attached'>
  /** What keeps it from applying; empty when it does. */
  readonly lacks: readonly GrantLack[]
}

/** One thing that keeps a grant from applying. */
export interface GrantLack {
  readonly what:
    | 'grantee'
    /** The grantee's name is the caller's, but the grant was made for a principal that is gone. */
    | 'grantee deleted'
    | 'operation'
    /** The new grant asks for more than this one gives. */
    | 'new grant'
    | 'EncryptionContextEquals'
    | 'EncryptionContextSubset'
    | 'SourceArn'
  readonly wanted: readonly string[]
  readonly actual: readonly string[]
}

/** The Allow that came nearest, and what it missed. */
export interface NearestStatement {
  readonly layer: Layer
  readonly statement: StatementReference
  readonly distance: number
  /** The elements that kept it from applying. */
  readonly missed: readonly ElementShown[]
}

/** A sentence that saves a day. */
export interface Hint {
  readonly name: string
  readonly sentence: string
}

/** A corner that AWS does not document, as docs/compatibility.md has it. */
export interface Uncertainty {
  /** The bold heading under `## Authorization` in docs/compatibility.md. */
  readonly section: string
  /** How the line there begins. */
  readonly line: string
}
