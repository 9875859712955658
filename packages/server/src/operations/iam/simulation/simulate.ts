import {
  type AccessRequest,
  type Authority,
  type Authorization,
  authorize,
  compilePolicy,
  type Decision,
  type Form,
  type NamedPolicy,
} from '@claviger/policy'
import { worksAcrossAccounts } from '../../../access/operation-facts.ts'
import type {
  PolicyEvaluationDecisionType,
  PolicySourceType,
  Statement,
} from '../../../protocol/models/iam.ts'
import { isOnKey } from './action-resources.ts'
import { missingKeys } from './missing-keys.ts'
import type { Simulation, SourcedPolicy } from './simulation.ts'
import { statementPosition } from './statement-position.ts'

/** What would come of one action on one resource. */
export interface Outcome {
  readonly resource: string
  readonly decision: PolicyEvaluationDecisionType
  readonly matched: readonly Statement[]
  readonly missing: readonly string[]
  /** How each kind of policy decided by itself; only where two accounts are concerned. */
  readonly details: Readonly<Record<string, PolicyEvaluationDecisionType>> | undefined
  readonly allowedByBoundary: boolean | undefined
  readonly allowedByOrganizations: boolean | undefined
}

const words: Readonly<Record<Decision, PolicyEvaluationDecisionType>> = {
  Allow: 'allowed',
  ExplicitDeny: 'explicitDeny',
  ImplicitDeny: 'implicitDeny',
}

/** Asks the engine that decides real calls what it would say to this one. */
export function simulate(simulation: Simulation, action: string, resource: string): Outcome {
  const { caller, callerAccount, resourcePolicy, identityPolicies, boundary } = simulation
  const resourceAccount = accountIn(resource) ?? simulation.resourceOwner
  const request: AccessRequest = {
    principal: caller,
    action,
    resource,
    conditionKeys: simulation.conditionKeys({ action, resourceAccount }),
  }
  const authority = supposedAuthority(simulation, request, resourceAccount)
  const authorization = authorize(authority, request)
  const asked = [...identityPolicies, ...(authority.keyPolicy && resourcePolicy ? [resourcePolicy] : [])]
  const organizations = authority.serviceControlPolicies?.map((level) => together(level, request))
  const stopped = organizations?.some((decision) => decision !== 'Allow') ?? false
  return {
    resource,
    decision: words[authorization.decision],
    matched: matchedStatements(authorization, resourcePolicy),
    missing: [...new Set(asked.flatMap(({ form }) => missingKeys(form.policy, request)))],
    details: stopped ? undefined : detailsOf(authority, request, callerAccount !== resourceAccount),
    allowedByBoundary: boundary && boundary.form.decide(request).decision === 'Allow',
    allowedByOrganizations: organizations && !stopped,
  }
}

/** In another account a key without a policy lets nobody in; in one's own it is left out, as IAM leaves it out. */
const nobody: Form = compilePolicy({ kind: 'key-policy', version: '2012-10-17', statements: [] })

function supposedAuthority(
  { callerAccount, identityPolicies, boundary, serviceControlPolicies, resourcePolicy }: Simulation,
  { action, resource }: AccessRequest,
  resourceAccount: string,
): Authority {
  const foreign = callerAccount !== resourceAccount
  const keyPolicy = isOnKey(action, resource)
    ? (resourcePolicy?.form ?? (foreign ? nobody : undefined))
    : undefined
  return {
    resourceAccount,
    ...(keyPolicy && { keyPolicy }),
    identityPolicies,
    ...(boundary && { boundary }),
    ...(serviceControlPolicies && { serviceControlPolicies }),
    grants: [],
    crossAccount: worksAcrossAccounts(action),
  }
}

function accountIn(resource: string): string | undefined {
  const account = resource.split(':')[4]
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
}

function together(policies: readonly NamedPolicy[], request: AccessRequest): Decision {
  const decisions = policies.map(({ form }) => form.decide(request).decision)
  if (decisions.includes('ExplicitDeny')) return 'ExplicitDeny'
  return decisions.includes('Allow') ? 'Allow' : 'ImplicitDeny'
}

/** Within one account this is there and empty when resources were named, and not there when they were not. */
function detailsOf(
  { identityPolicies, keyPolicy, boundary }: Authority,
  request: AccessRequest,
  foreign: boolean,
): Outcome['details'] {
  if (!foreign) return request.resource === '*' ? undefined : {}
  return {
    'IAM Policy': words[together(identityPolicies, request)],
    ...(keyPolicy && { 'Resource Policy': words[keyPolicy.decide(request).decision] }),
    ...(boundary && { 'Permissions Boundary Policy': words[boundary.form.decide(request).decision] }),
  }
}

/** The model calls the source of a policy user, role and so on; what IAM really answers is one of these two. */
const sourceTypes = { identity: 'IAM Policy', resource: 'Resource Policy' } as unknown as Readonly<
  Record<'identity' | 'resource', PolicySourceType>
>

/** The deciding statements of identity policies and the key policy; IAM does not cite those of other layers. */
function matchedStatements(
  { because }: Authorization,
  resourcePolicy: SourcedPolicy | undefined,
): Statement[] {
  return because.flatMap(({ layer, policy, statement }) => {
    const source =
      layer === 'key-policy'
        ? resourcePolicy
        : layer === 'identity-policy'
          ? (policy as SourcedPolicy)
          : undefined
    if (source === undefined) return []
    return {
      SourcePolicyId: source.name,
      SourcePolicyType: source === resourcePolicy ? sourceTypes.resource : sourceTypes.identity,
      ...statementPosition(source, statement),
    }
  })
}
