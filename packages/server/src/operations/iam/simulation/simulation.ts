import type { ConditionKeys, NamedPolicy, Principal } from '@claviger/policy'

/** A policy of a simulation with its text, since answers point into it. Its name is what IAM calls its source. */
export interface SourcedPolicy extends NamedPolicy {
  readonly text: string
}

/** What is supposed to be so: whose policies, which caller, and what the request would say. Nobody really calls. */
export interface Simulation {
  readonly caller: Principal
  readonly callerAccount: string
  readonly identityPolicies: readonly SourcedPolicy[]
  readonly boundary: SourcedPolicy | undefined
  /** Level by level from the root of an organization; absent where none is supposed. */
  readonly serviceControlPolicies: readonly (readonly NamedPolicy[])[] | undefined
  /** Supposed to be the key policy of every resource. */
  readonly resourcePolicy: SourcedPolicy | undefined
  /** The account that owns what does not name its owner. */
  readonly resourceOwner: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** The facts of one supposed request. */
  conditionKeys(request: { readonly action: string; readonly resourceAccount: string }): ConditionKeys
}
