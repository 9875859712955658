import {
  type Authority,
  definition,
  type Form,
  type NamedPolicy,
  type Policy,
  type PolicyKind,
  type Problem,
  parsePolicy,
} from '@claviger/policy'
import type { DecisionCase, PolicyLevels, PolicyText } from './decision-case.ts'
import { kmsActionByName, operationOf } from './kms-actions.ts'
import { optional, UnusableCase } from './read-value.ts'

/** Everything that has a say in a case. @throws UnusableCase for a policy that cannot be read */
export function authorityOf(one: DecisionCase): Authority {
  const operation = operationOf(one.action)
  const action = operation === undefined ? undefined : kmsActionByName.get(operation)
  const resourceAccount = one.resource.split(':')[4] ?? ''
  const ownsResource = one.principal.kind !== 'service' && one.principal.account === resourceAccount
  // A key has no say about aliases and about operations that concern no key, whatever the case brings along.
  const concernsKey = action?.subject !== 'account' && !/:alias\//.test(one.resource)
  return {
    resourceAccount,
    ...optional('keyPolicy', one.keyPolicy && concernsKey ? formOf(one.keyPolicy) : undefined),
    identityPolicies: one.identityPolicies.map(named),
    ...optional('boundary', one.boundary && named(one.boundary)),
    ...optional('sessionPolicies', sessionPoliciesOf(one)),
    ...optional('serviceControlPolicies', levelsOf(one.serviceControlPolicies)),
    ...optional('resourceControlPolicies', levelsOf(one.resourceControlPolicies)),
    ...optional('endpointPolicy', one.endpointPolicy && formOf(one.endpointPolicy)),
    grants: concernsKey ? one.grants : [],
    encryptionContext: one.encryptionContext,
    ...optional('newGrant', newGrantOf(one)),
    crossAccount: action?.acrossAccounts ?? false,
    callerIsManagementAccount: one.callerIsManagementAccount,
    resourceIsManagementAccount: one.callerIsManagementAccount && ownsResource,
    ...optional('keyManager', one.keyManager),
  }
}

/** Session policies that are absent do not limit; an empty list leaves a federated user with nothing. */
function sessionPoliciesOf({ principal, sessionPolicies }: DecisionCase): NamedPolicy[] | undefined {
  if (sessionPolicies !== undefined) return sessionPolicies.map(named)
  return principal.kind === 'federated-user' ? [named(unlimited)] : undefined
}

const unlimited: PolicyText = {
  name: 'none given: unlimited',
  kind: 'session-policy',
  text: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
}

function newGrantOf({ action, request: { operations, constraints } }: DecisionCase) {
  if (action !== 'kms:CreateGrant' || operations === undefined) return undefined
  return { operations, ...optional('constraints', constraints) }
}

function levelsOf(levels: PolicyLevels | undefined): NamedPolicy[][] | undefined {
  return levels?.map((level) => level.map(named))
}

function named(text: PolicyText): NamedPolicy {
  return { name: text.name, form: formOf(text) }
}

function formOf(text: PolicyText): Form {
  const form = formByText(text)
  if ('problems' in form) throw new UnusableCase(problemSentence(text.name, form.problems))
  return form
}

function problemSentence(name: string, problems: readonly Problem[]): string {
  const sentences = problems.map(({ path, message }) => `${path === '' ? 'the document' : path}: ${message}`)
  return `${name} cannot be read: ${sentences.join('; ')}`
}

type Read = Form | { readonly problems: readonly Problem[] }

/**
 * Files of cases repeat their policies thousands of times; those seen lately are not parsed again.
 */
const readByText = new Map<PolicyKind, Map<string, Read>>()
const textsKept = 4096

/** A policy, or what is wrong with it. */
export function formByText({ kind, text }: PolicyText): Read {
  const known = readByText.get(kind) ?? new Map<string, Read>()
  readByText.set(kind, known)
  const found = known.get(text)
  if (found !== undefined) return found
  if (known.size >= textsKept) known.clear()
  const read = readPolicy(text, kind)
  known.set(text, read)
  return read
}

/**
 * IAM takes only new policies of the newer version, and evaluates old ones of the older: so here a policy whose
 * version is its only fault is read without the rule.
 */
function readPolicy(text: string, kind: PolicyKind): Read {
  const parsed = parsePolicy(text, kind)
  if (parsed.ok) return definition(parsed.policy)
  if (parsed.problems.some((problem) => problem.kind !== 'version')) return parsed
  const anyVersion = parsePolicy(text, 'service-control-policy')
  if (!anyVersion.ok) return parsed
  const policy: Policy = { ...anyVersion.policy, kind }
  return definition(policy)
}
