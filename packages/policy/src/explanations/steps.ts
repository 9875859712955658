import type { AccessRequest, ConditionKeys, ConditionKeyValue } from '../access-request.ts'
import type { Authority, NamedPolicy } from '../authority.ts'
import { definition } from '../evaluate.ts'
import type { EncryptionContext } from '../grants.ts'
import type { Layer } from '../layers.ts'
import type { Form, Policy, PolicyKind } from '../policy.ts'
import type { PolicyReference } from './explanation.ts'
import type { AddStatement, ChangeRequest, ChangeStatement, CreateGrant, Step, Suggestion } from './remedy.ts'
import { parseDocument } from './statement-documents.ts'

/** What is asked, and everything that has a say about it. */
export interface Asked {
  readonly authority: Authority
  readonly request: AccessRequest
}

/**
 * Takes the steps of a suggestion on a copy. Undefined when a step does not fit: the policies are others by now,
 * or refuse the statement.
 */
export function applySuggestion(
  { steps }: Pick<Suggestion, 'steps'>,
  authority: Authority,
  request: AccessRequest,
): Asked | undefined {
  return steps.reduce<Asked | undefined>((asked, step) => asked && applyStep(step, asked), {
    authority,
    request,
  })
}

function applyStep(step: Step, asked: Asked): Asked | undefined {
  switch (step.kind) {
    case 'add-statement':
      return withAuthority(asked, addStatement(step, asked.authority))
    case 'change-statement':
      return withAuthority(asked, changeStatement(step, asked.authority))
    case 'create-grant':
      return withAuthority(asked, createGrant(step, asked.authority))
    case 'change-request':
      return changeRequest(step, asked)
  }
}

function withAuthority({ request }: Asked, authority: Authority | undefined): Asked | undefined {
  return authority && { authority, request }
}

type ChangePolicy = (policy: NamedPolicy | undefined) => NamedPolicy | undefined

const kindByLayer: Readonly<Record<string, PolicyKind>> = {
  'service-control-policy': 'service-control-policy',
  'resource-control-policy': 'resource-control-policy',
  'endpoint-policy': 'endpoint-policy',
  'permissions-boundary': 'permissions-boundary',
  'session-policy': 'session-policy',
  'key-policy': 'key-policy',
  'trust-policy': 'trust-policy',
  'identity-policy': 'identity-policy',
}

function addStatement(step: AddStatement, authority: Authority): Authority | undefined {
  const { layer, policy, level, statement } = step
  const kind = kindByLayer[layer]
  if (kind === undefined) return undefined
  const place = policy ?? { layer, name: 'new policy', index: -1, ...(level !== undefined && { level }) }
  return withPolicy(place, authority, (named) => {
    const before = named?.form.policy ?? { kind, version: '2012-10-17', statements: [] }
    const parsed = parseDocument(statement, before, before.statements.length)
    return parsed && changed(named, { ...before, statements: [...before.statements, parsed] })
  })
}

function changeStatement(
  { target, statement }: ChangeStatement,
  authority: Authority,
): Authority | undefined {
  return withPolicy(target.policy, authority, (named) => {
    const before = named?.form.policy
    const parsed = before?.statements[target.index] && parseDocument(statement, before, target.index)
    return parsed && changed(named, { ...before, statements: before.statements.with(target.index, parsed) })
  })
}

function changed(named: NamedPolicy | undefined, policy: Policy): NamedPolicy {
  return { ...named, name: named?.name ?? 'new policy', form: definition(policy) }
}

/** Puts a changed policy in its place; the index -1 is that of a new one. */
function withPolicy(
  { layer, index, level }: PolicyReference,
  authority: Authority,
  change: ChangePolicy,
): Authority | undefined {
  const form = (before: Form | undefined) => change(before && { name: layer, form: before })?.form
  const put = <T>(value: T | undefined, name: keyof Authority): Authority | undefined =>
    value === undefined ? undefined : { ...authority, [name]: value }
  switch (layer) {
    case 'key-policy':
      return put(form(authority.keyPolicy), 'keyPolicy')
    case 'trust-policy':
      return put(form(authority.trustPolicy), 'trustPolicy')
    case 'endpoint-policy':
      return put(form(authority.endpointPolicy), 'endpointPolicy')
    case 'permissions-boundary':
      return put(change(authority.boundary), 'boundary')
    case 'session-policy':
      return put(inList(authority.sessionPolicies ?? [], index, change), 'sessionPolicies')
    case 'identity-policy':
      return put(inList(authority.identityPolicies, index, change), 'identityPolicies')
    case 'service-control-policy':
      return put(
        inLevels(authority.serviceControlPolicies ?? [], level, index, change),
        'serviceControlPolicies',
      )
    case 'resource-control-policy':
      return put(
        inLevels(authority.resourceControlPolicies ?? [], level, index, change),
        'resourceControlPolicies',
      )
    case 'grant':
    case 'cross-account':
      return undefined
  }
}

function inList(
  policies: readonly NamedPolicy[],
  index: number,
  change: ChangePolicy,
): readonly NamedPolicy[] | undefined {
  const policy = change(index === -1 ? undefined : policies[index])
  if (policy === undefined) return undefined
  return index === -1
    ? [...policies, policy]
    : index < policies.length
      ? policies.with(index, policy)
      : undefined
}

function inLevels(
  levels: readonly (readonly NamedPolicy[])[],
  level: number | undefined,
  index: number,
  change: ChangePolicy,
): readonly (readonly NamedPolicy[])[] | undefined {
  const before = level === undefined ? undefined : levels[level]
  const after = before && inList(before, index, change)
  return level === undefined || after === undefined ? undefined : levels.with(level, after)
}

function createGrant(step: CreateGrant, authority: Authority): Authority {
  const { granteePrincipal, granteeServicePrincipal, operations, constraints } = step
  const grant = {
    grantId: 'new grant',
    issuingAccount: authority.resourceAccount,
    operations,
    ...(granteePrincipal !== undefined && { granteePrincipal }),
    ...(granteeServicePrincipal !== undefined && { granteeServicePrincipal }),
    ...(constraints && { constraints }),
  }
  return { ...authority, grants: [...authority.grants, grant] }
}

const contextPrefix = 'kms:encryptioncontext:'
const contextNames = 'kms:encryptioncontextkeys'

/** The encryption context is a fact three times: its pairs, its names, and what grants are held against. */
function changeRequest({ facts }: ChangeRequest, { authority, request }: Asked): Asked {
  const values = new Map<string, ConditionKeyValue>()
  let encryptionContext = authority.encryptionContext ?? {}
  let touched = false
  for (const { key, value } of facts) {
    const lower = key.toLowerCase()
    values.set(lower, value ?? undefined)
    if (!lower.startsWith(contextPrefix)) continue
    touched = true
    encryptionContext = withPair(encryptionContext, key.slice(contextPrefix.length), value)
  }
  const names = Object.keys(encryptionContext)
  if (touched && !values.has(contextNames)) values.set(contextNames, names.length > 0 ? names : undefined)
  const conditionKeys = overlaid(request.conditionKeys, values)
  return { authority: { ...authority, encryptionContext }, request: { ...request, conditionKeys } }
}

function withPair(
  pairs: EncryptionContext,
  name: string,
  value: string | readonly string[] | null,
): EncryptionContext {
  const others = Object.entries(pairs).filter(([known]) => known.toLowerCase() !== name.toLowerCase())
  return Object.fromEntries(typeof value === 'string' ? [...others, [name, value]] : others)
}

function overlaid(before: ConditionKeys, values: ReadonlyMap<string, ConditionKeyValue>): ConditionKeys {
  return { find: (name) => (values.has(name) ? values.get(name) : before.find(name)) }
}

/** The policy a step would change, as it is now: for those who want to see what else it opens. */
export function policyAt(reference: PolicyReference, authority: Authority): Policy | undefined {
  let found: Policy | undefined
  withPolicy(reference, authority, (named) => {
    found = named?.form.policy
    return named
  })
  return found
}

/** The layer and place of the policy that a step changes; undefined when it changes none. */
export function placeOfStep(step: Step): { layer: Layer; reference?: PolicyReference } | undefined {
  switch (step.kind) {
    case 'add-statement':
      return { layer: step.layer, ...(step.policy && { reference: step.policy }) }
    case 'change-statement':
      return { layer: step.layer, reference: step.target.policy }
    case 'create-grant':
    case 'change-request':
      return undefined
  }
}
