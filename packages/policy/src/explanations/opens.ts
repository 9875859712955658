import { type AccessRequest, noConditionKeys } from '../access-request.ts'
import { compilePolicy } from '../compile.ts'
import { grantStrength } from '../grants.ts'
import { type Principal, strength } from '../matching/principal.ts'
import { type Decision, type Policy, principalsIn } from '../policy.ts'
import type { CreateGrant, Step } from './remedy.ts'
import { type Asked, applySuggestion, placeOfStep, policyAt } from './steps.ts'

/**
 * How many other requests the steps would let through as well: each changed policy is asked before and after
 * about other people, actions, keys and circumstances. A measure for comparing suggestions, and no more.
 */
export function countOpened(steps: readonly Step[], asked: Asked): number {
  let opened = 0
  let before = asked
  for (const step of steps) {
    const after = applySuggestion({ steps: [step] }, before.authority, before.request)
    if (after === undefined) return Number.MAX_SAFE_INTEGER
    opened += step.kind === 'create-grant' ? openedByGrant(step, asked) : openedByPolicy(step, before, after)
    before = after
  }
  return opened
}

const rank: Readonly<Record<Decision, number>> = { ExplicitDeny: 0, ImplicitDeny: 1, Allow: 2 }

function openedByPolicy(step: Step, before: Asked, after: Asked): number {
  const place = placeOfStep(step)
  if (place === undefined) return 0
  const level = step.kind === 'add-statement' && step.level !== undefined ? { level: step.level } : {}
  const isNew = place.reference === undefined
  const reference = place.reference ?? {
    layer: place.layer,
    name: '',
    index: newIndex(step, after),
    ...level,
  }
  const newer = policyAt(reference, after.authority)
  if (newer === undefined) return 0
  const older = isNew ? { ...newer, statements: [] } : policyAt(reference, before.authority)
  const [was, is] = [older && compilePolicy(older), compilePolicy(newer)]
  const grew = (probe: AccessRequest) =>
    rank[is.decide(probe).decision] > rank[was?.decide(probe).decision ?? 'ImplicitDeny']
  return probes(newer, before.request).filter(grew).length
}

/** A new policy stands behind all that were there. */
function newIndex(step: Step, { authority }: Asked): number {
  if (step.kind !== 'add-statement') return 0
  switch (step.layer) {
    case 'identity-policy':
      return authority.identityPolicies.length - 1
    case 'session-policy':
      return (authority.sessionPolicies?.length ?? 0) - 1
    case 'service-control-policy':
      return (authority.serviceControlPolicies?.[step.level ?? 0]?.length ?? 0) - 1
    case 'resource-control-policy':
      return (authority.resourceControlPolicies?.[step.level ?? 0]?.length ?? 0) - 1
    default:
      return 0
  }
}

const otherActions = ['kms:Decrypt', 'kms:Encrypt', 'kms:DescribeKey', 'kms:CreateGrant', 'kms:PutKeyPolicy']
const stranger = '999999999999'

/** Every combination but the request itself. */
function probes(policy: Policy, request: AccessRequest): AccessRequest[] {
  const attached = policy.statements.every((statement) => statement.principals === undefined)
  const principals = attached
    ? [request.principal]
    : [...new Set([request.principal, ...others(policy, request)])]
  const actions = [...new Set([request.action, ...otherActions, ...textsOf(policy, 'actions')])]
  const resources = [
    ...new Set([request.resource, otherKey(request.resource), ...textsOf(policy, 'resources')]),
  ]
  const found: AccessRequest[] = []
  for (const principal of principals) {
    for (const action of actions) {
      for (const resource of resources) {
        const same =
          principal === request.principal && action === request.action && resource === request.resource
        if (!same) found.push({ ...request, principal, action, resource })
        found.push({ principal, action, resource, conditionKeys: noConditionKeys })
      }
    }
  }
  return found
}

/** What the policy's own statements name: an extension reaches there first. */
function textsOf({ statements }: Policy, element: 'actions' | 'resources'): string[] {
  const texts = statements.flatMap(
    (statement) => statement[element]?.patterns.map((one) => one.written) ?? [],
  )
  return texts.filter((text) => !/[*?$]/.test(text)).slice(0, 8)
}

function otherKey(resource: string): string {
  return `${resource.split(':').slice(0, 5).join(':')}:key/00000000-0000-0000-0000-000000000000`
}

function others(policy: Policy, { principal }: AccessRequest): Principal[] {
  const account = principal.kind === 'service' ? stranger : principal.account
  const named = principalsIn(policy)
    .slice(0, 8)
    .flatMap(({ kind, written }): Principal[] => {
      const owner = written.split(':')[4] ?? ''
      if (kind === 'user') return [{ kind: 'user', arn: written, account: owner }]
      if (kind === 'role') return [sessionOf(written, owner, 'other')]
      return kind === 'service' ? [{ kind: 'service', service: written }] : []
    })
  const sibling = principal.kind === 'assumed-role' ? [{ ...principal, arn: `${principal.arn}-other` }] : []
  return [
    ...sibling,
    { kind: 'user', arn: `arn:aws:iam::${account}:user/somebody-else`, account },
    sessionOf(`arn:aws:iam::${account}:role/SomethingElse`, account, 'other'),
    { kind: 'root', arn: `arn:aws:iam::${stranger}:root`, account: stranger },
    { kind: 'user', arn: `arn:aws:iam::${stranger}:user/stranger`, account: stranger },
    { kind: 'service', service: 'other.amazonaws.com' },
    ...named,
  ]
}

function sessionOf(roleArn: string, account: string, session: string): Principal {
  const role = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  return {
    kind: 'assumed-role',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    roleArn,
    account,
  }
}

function openedByGrant(step: CreateGrant, { authority, request }: Asked): number {
  const grant = { ...step, grantId: '', issuingAccount: authority.resourceAccount }
  const contexts = [{}, authority.encryptionContext ?? {}]
  const questions = probes({ kind: 'key-policy', version: '2012-10-17', statements: [] }, request)
    .filter((probe) => probe.resource === request.resource && isAnother(probe, request))
    .flatMap((probe) => contexts.map((encryptionContext) => ({ request: probe, encryptionContext })))
  return questions.filter((question) => grantStrength(grant, question) !== strength.nobody).length
}

function isAnother({ principal, action }: AccessRequest, request: AccessRequest): boolean {
  return principal !== request.principal || action !== request.action
}
