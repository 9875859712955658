import type { AccessRequest } from './access-request.ts'
import type { ParsedOperator } from './conditions/modifiers.ts'
import type { Template } from './conditions/variables.ts'
import type { PrincipalPattern, Strength } from './matching/principal.ts'

/** A document after parsing. Every name in it is resolved: whoever holds a policy has nothing left to check. */
export interface Policy {
  readonly kind: PolicyKind
  readonly version: PolicyVersion
  readonly id?: string
  readonly statements: readonly Statement[]
}

export type PolicyKind =
  | 'key-policy'
  | 'identity-policy'
  | 'permissions-boundary'
  | 'session-policy'
  | 'service-control-policy'
  | 'resource-control-policy'
  | 'endpoint-policy'
  | 'trust-policy'

/** The version of the policy language; only the later one knows variables. */
export type PolicyVersion = '2008-10-17' | '2012-10-17'

/** What one policy says about one access request. */
export interface Verdict {
  readonly decision: Decision
  /** How strongly the allowing statements name the caller; `nobody` when none allows. */
  readonly strength: Strength
  /** The statements that decided, in their order: the denying ones, else the allowing ones. */
  readonly because: readonly Statement[]
}

/** A policy that answers. There are two forms, and they answer alike: `definition` and `compilePolicy`. */
export interface Form {
  readonly policy: Policy
  decide(request: AccessRequest): Verdict
}

export type Effect = 'Allow' | 'Deny'

export type Decision = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny'

/** One Sid-Effect-Principal-Action-Resource-Condition unit. */
export interface Statement {
  readonly index: number
  readonly sid?: string
  readonly effect: Effect
  /** Absent where the kind of policy has no `Principal`: it speaks of whoever it is attached to. */
  readonly principals?: PrincipalElement
  /** Absent in a key policy statement without `Action`, which is accepted and has no effect. */
  readonly actions?: TextElement
  /** Absent as `actions`. In a trust policy, where no resource can be named, this is `*`. */
  readonly resources?: TextElement
  readonly conditions: readonly Condition[]
  readonly line: number
  readonly column: number
}

export interface PrincipalElement {
  /** `NotPrincipal` */
  readonly negated: boolean
  readonly patterns: readonly PrincipalPattern[]
}

export interface TextElement {
  /** `NotAction`, `NotResource` */
  readonly negated: boolean
  readonly patterns: readonly Template[]
}

/** Operator, condition key and the values of which one must match. */
export interface Condition {
  readonly operator: ParsedOperator
  /** As written. */
  readonly key: string
  /** As it is looked up. */
  readonly lowerCaseKey: string
  readonly values: readonly Template[]
}

/** Every entry of every `Principal` and `NotPrincipal`, for whoever can tell whether they exist. */
export function principalsIn(policy: Policy): readonly PrincipalPattern[] {
  return policy.statements.flatMap((statement) => statement.principals?.patterns ?? [])
}

/**
 * The document with the ARNs of deleted principals replaced by their unique ids, as a reader of the policy is
 * to see it. Only entries of `Principal` elements change; formatting and conditions stay as they were written.
 */
export function showDeletedPrincipals(
  text: string,
  policy: Policy,
  replacementByArn: Readonly<Record<string, string>>,
): string {
  let shown = ''
  let from = 0
  for (const { written, offset, length } of principalsIn(policy).toSorted((a, b) => a.offset - b.offset)) {
    const replacement = Object.hasOwn(replacementByArn, written) ? replacementByArn[written] : undefined
    if (replacement === undefined) continue
    shown += text.slice(from, offset) + JSON.stringify(replacement)
    from = offset + length
  }
  return shown + text.slice(from)
}
