import type { AccessRequest } from './access-request.ts'
import type { EncryptionContext, Grant, NewGrant } from './grants.ts'
import type { Layer } from './layers.ts'
import type { Decision, Form, Statement } from './policy.ts'

/** A policy with the name people know it by. */
export interface NamedPolicy {
  readonly name: string
  /** Of a managed policy. Only these are named to a caller who is refused. */
  readonly arn?: string
  readonly form: Form
}

/**
 * Everything that has a say about one access request. What is absent has none. Policies come in either form. Who
 * overrides whom is not said here but in `authorize.ts`.
 */
export interface Authority {
  /** The account that owns the resource. */
  readonly resourceAccount: string
  /** The key's own policy; absent for an operation without a key. */
  readonly keyPolicy?: Form | undefined
  /** In its place for `sts:AssumeRole`: the role's trust policy, which decides in the same way. */
  readonly trustPolicy?: Form | undefined
  /** Of the user and its groups, or of the role. */
  readonly identityPolicies: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy | undefined
  /** Absent or empty when none were passed, which leaves a federated user without permissions of his own. */
  readonly sessionPolicies?: readonly NamedPolicy[] | undefined
  /** Of the caller's account, level by level from the root; absent outside an organization. */
  readonly serviceControlPolicies?: readonly (readonly NamedPolicy[])[] | undefined
  /** Of the resource's account, as above. `RCPFullAWSAccess` has to be among them on every level. */
  readonly resourceControlPolicies?: readonly (readonly NamedPolicy[])[] | undefined
  /** Present when the request came through a VPC endpoint. */
  readonly endpointPolicy?: Form | undefined
  /** On this key: all of them, or those of this caller. */
  readonly grants: readonly Grant[]
  readonly encryptionContext?: EncryptionContext | undefined
  /** What a CreateGrant call asks for. */
  readonly newGrant?: NewGrant | undefined
  /** Whether the operation may be used on another account's resource. */
  readonly crossAccount: boolean
  /** Service control policies do not bind the management account, resource control policies not what it owns. */
  readonly callerIsManagementAccount?: boolean | undefined
  readonly resourceIsManagementAccount?: boolean | undefined
  /** Keys that AWS manages are outside resource control policies. */
  readonly keyManager?: 'AWS' | 'CUSTOMER' | undefined
}

/** A statement, and where it stands. */
export interface Citation {
  readonly layer: Layer
  /** Absent for a key, trust or endpoint policy, of which there is one. */
  readonly policy?: NamedPolicy
  readonly statement: Statement
}

/** The statements by which a layer denied. Asked for again: a denial may take the time that an allow must not. */
export function citations(
  layer: Layer,
  authority: Authority,
  request: AccessRequest,
  decision: Decision,
): Citation[] {
  const cited: Citation[] = []
  for (const policy of policiesOf(layer, authority)) {
    const form = 'form' in policy ? policy.form : policy
    const verdict = form.decide(request)
    if (verdict.decision !== decision) continue
    for (const statement of verdict.because) {
      cited.push('form' in policy ? { layer, policy, statement } : { layer, statement })
    }
  }
  return cited
}

function policiesOf(layer: Layer, authority: Authority): readonly (NamedPolicy | Form)[] {
  switch (layer) {
    case 'service-control-policy':
      return authority.serviceControlPolicies?.flat() ?? []
    case 'resource-control-policy':
      return authority.resourceControlPolicies?.flat() ?? []
    case 'endpoint-policy':
      return listOf(authority.endpointPolicy)
    case 'permissions-boundary':
      return listOf(authority.boundary)
    case 'session-policy':
      return authority.sessionPolicies ?? []
    case 'key-policy':
      return listOf(authority.keyPolicy)
    case 'trust-policy':
      return listOf(authority.trustPolicy)
    case 'identity-policy':
      return authority.identityPolicies
    case 'grant':
    case 'cross-account':
      return []
  }
}

function listOf<T>(one: T | undefined): T[] {
  return one === undefined ? [] : [one]
}
