import type { AccessRequest } from '../access-request.ts'
import type { Authority, Citation } from '../authority.ts'
import { authorize, isForeign } from '../authorize.ts'
import { type DenialView, denialSentence } from '../explain.ts'
import type { Layer } from '../layers.ts'
import type { Principal } from '../matching/principal.ts'
import { alternativesOf } from './alternatives.ts'
import { denialsOf } from './denials.ts'
import type {
  Explanation,
  LayerShown,
  NearestStatement,
  Outcome,
  RequestShown,
  StatementReference,
} from './explanation.ts'
import { hintsFor } from './hints.ts'
import { nearestIn } from './proposals.ts'
import { showGrants } from './shown-grants.ts'
import { suggestionsFor } from './suggestions.ts'
import { gatesOf, statementsOf, survey } from './survey.ts'
import { uncertaintyOf } from './uncertainty.ts'
import { type Found, waysOf } from './ways.ts'

/** How the caller was answered; without it, as he would be for a key that he named. */
export interface ExplainOptions {
  readonly view?: DenialView
}

/**
 * Explains a decision. Everything is looked at, whatever decided, and by the definition, whichever form the
 * policies come in. Never throws for what a policy or a request says. The answer is for people who may know
 * everything: a caller of another account may be shown its `outcome.sentence`, and nothing more.
 */
export function explain(
  authority: Authority,
  request: AccessRequest,
  options: ExplainOptions = {},
): Explanation {
  const layers = survey(authority, request)
  const { grants, grantsLeftOut } = showGrants(authority, request)
  const found: Found = { authority, request, layers, grants }
  const outcome = outcomeOf(found, options.view ?? viewOf(authority, request))
  const allowed = outcome.decision === 'Allow'
  const ways = waysOf(found)
  const denials = denialsOf(found)
  const alternatives = allowed ? [] : alternativesOf(authority, request)
  const diagnosis = { ...found, ways, denials, alternatives }
  const facts = {
    outcome,
    request: showRequest(authority, request),
    gates: gatesOf(authority, request, layers),
    ways,
    layers,
    grants,
    grantsLeftOut,
    denials,
    alternatives,
    nearest: nearestFor(alternatives, found),
    suggestions: allowed ? [] : suggestionsFor(diagnosis),
  }
  return { ...facts, hints: allowed ? [] : hintsFor(facts), uncertainty: uncertaintyOf(facts) }
}

function viewOf(authority: Authority, { principal }: AccessRequest): DenialView {
  return isForeign(authority, principal) ? 'foreign-key' : 'own-account'
}

function outcomeOf({ authority, request, layers }: Found, view: DenialView): Outcome {
  const authorization = authorize(authority, request)
  const { decision, layer, because, grant } = authorization
  return {
    decision,
    layer,
    ...(decision !== 'Allow' && { sentence: denialSentence(authorization, request, view) }),
    because: because.flatMap((citation) => placeOfCitation(citation, authority, layers)),
    ...(grant && { grantId: grant.grantId }),
  }
}

/** Where a cited statement stands. Two policies of one layer may bear one name, so it is looked for by itself. */
function placeOfCitation(
  { layer, policy, statement }: Citation,
  authority: Authority,
  layers: readonly LayerShown[],
): StatementReference[] {
  const level = levelsOf(layer, authority)?.findIndex((policies) => policies.some((one) => one === policy))
  const index = policy === undefined ? 0 : listOf(layer, level, authority).indexOf(policy)
  return statementsOf(layers)
    .map(({ reference }) => reference)
    .filter((reference) => reference.policy.layer === layer && reference.index === statement.index)
    .filter(({ policy: place }) => place.level === level && (index === -1 || place.index === index))
    .slice(0, 1)
}

function levelsOf(layer: Layer, authority: Authority): Authority['serviceControlPolicies'] {
  if (layer === 'service-control-policy') return authority.serviceControlPolicies
  return layer === 'resource-control-policy' ? authority.resourceControlPolicies : undefined
}

function listOf(
  layer: Layer,
  level: number | undefined,
  authority: Authority,
): Authority['identityPolicies'] {
  if (level !== undefined) return levelsOf(layer, authority)?.[level] ?? []
  if (layer === 'identity-policy') return authority.identityPolicies
  return layer === 'session-policy' ? (authority.sessionPolicies ?? []) : []
}

function showRequest(authority: Authority, { principal, action, resource }: AccessRequest): RequestShown {
  const behind = behindCaller(principal)
  return {
    caller: principal.kind === 'service' ? principal.service : principal.arn,
    callerKind: principal.kind,
    ...(principal.kind !== 'service' && { callerAccount: principal.account }),
    ...(behind !== undefined && { behindCaller: behind }),
    action,
    resource,
    resourceAccount: authority.resourceAccount,
    foreign: isForeign(authority, principal),
    encryptionContext: authority.encryptionContext ?? {},
  }
}

function behindCaller(principal: Principal): string | undefined {
  if (principal.kind === 'assumed-role') return principal.roleArn
  return principal.kind === 'federated-user' ? principal.issuerArn : undefined
}

/** One for every layer that could help, level by level where there are levels. */
function nearestFor(alternatives: readonly (readonly Layer[])[], found: Found): NearestStatement[] {
  const layers = new Set(alternatives.flat())
  return [...layers].flatMap((layer) => {
    const levels = levelsOf(layer, found.authority)?.map((_, level) => level) ?? [undefined]
    return levels.flatMap((level) => {
      const [nearest] = nearestIn(layer, level, found)
      if (nearest === undefined) return []
      const { reference: statement, distance, elements } = nearest
      return [{ layer, statement, distance, missed: elements.filter((element) => !element.matches) }]
    })
  })
}
