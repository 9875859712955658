import { setImmediate } from 'node:timers/promises'
import { markerOf, readMarker } from '../../../base/marker.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type {
  EvaluationResult,
  PolicyEvaluationDecisionType,
  ResourceSpecificResult,
  SimulatePolicyResponse,
} from '../../../protocol/models/iam.ts'
import { resourceTemplate } from './action-resources.ts'
import { type Outcome, simulate } from './simulate.ts'
import type { Simulation } from './simulation.ts'

interface Page {
  readonly MaxItems?: number
  readonly Marker?: string
}

const itemsUsual = 100

/** An answer ends early, as IAM's may, when this many decisions went into it; other callers wait meanwhile. */
const decisionsPerPage = 5_000
const decisionsPerTurn = 200

/** One result per action, over all resources together and for each by itself. */
export async function resultsOf(simulation: Simulation, page: Page): Promise<SimulatePolicyResponse> {
  const { actions, resources } = simulation
  const first = page.Marker === undefined ? 0 : placeAfter(page.Marker, actions.length)
  const results: EvaluationResult[] = []
  let decisions = 0
  for (const action of actions.slice(first, first + (page.MaxItems ?? itemsUsual))) {
    if (decisions >= decisionsPerPage) break
    const outcomes: Outcome[] = []
    for (const resource of resources) {
      outcomes.push(simulate(simulation, action, resource))
      decisions += 1
      if (decisions % decisionsPerTurn === 0) await setImmediate()
    }
    results.push(resultOf(action, outcomes))
  }
  const next = first + results.length
  if (next >= actions.length) return { EvaluationResults: results, IsTruncated: false }
  return { EvaluationResults: results, IsTruncated: true, Marker: markerOf([String(next)]) }
}

/** @throws Refusal `InvalidInputException` for anything that no page of so many results gave out */
function placeAfter(marker: string, count: number): number {
  const next = Number(readMarker(marker, 1)?.[0])
  if (Number.isSafeInteger(next) && next > 0 && next < count) return next
  throw new Refusal('InvalidInputException', 'Invalid Marker.')
}

/** The worst of all resources comes first in the answer: one that may not be touched makes the whole a no. */
const strictness: readonly PolicyEvaluationDecisionType[] = ['explicitDeny', 'implicitDeny', 'allowed']

function resultOf(action: string, outcomes: readonly Outcome[]): EvaluationResult {
  const decision = strictest(outcomes.map((outcome) => outcome.decision))
  const deciding = outcomes.filter((outcome) => outcome.decision === decision)
  const [first] = outcomes
  const isAnything = outcomes.length === 1 && first?.resource === '*'
  const details = detailsTogether(outcomes)
  const boundary = outcomes.map((outcome) => outcome.allowedByBoundary)
  const organizations = outcomes.map((outcome) => outcome.allowedByOrganizations)
  return {
    EvalActionName: action,
    EvalResourceName: isAnything ? '*' : resourceTemplate(action),
    EvalDecision: decision,
    MatchedStatements: distinct(deciding.flatMap((outcome) => outcome.matched)),
    MissingContextValues: [...new Set(outcomes.flatMap((outcome) => outcome.missing))],
    ...(organizations.includes(undefined)
      ? {}
      : { OrganizationsDecisionDetail: { AllowedByOrganizations: !organizations.includes(false) } }),
    ...(boundary.includes(undefined)
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !boundary.includes(false) } }),
    ...(details && { EvalDecisionDetails: details }),
    ...(isAnything ? {} : { ResourceSpecificResults: outcomes.map(resourceResult) }),
  }
}

function resourceResult(outcome: Outcome): ResourceSpecificResult {
  const { resource, decision, matched, missing, details, allowedByBoundary } = outcome
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decision,
    MatchedStatements: matched,
    MissingContextValues: missing,
    ...(details && { EvalDecisionDetails: details }),
    ...(allowedByBoundary === undefined
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowedByBoundary } }),
  }
}

function strictest(decisions: readonly PolicyEvaluationDecisionType[]): PolicyEvaluationDecisionType {
  return strictness.find((decision) => decisions.includes(decision)) ?? 'implicitDeny'
}

/** Per kind of policy what is strictest over all resources. */
function detailsTogether(outcomes: readonly Outcome[]): Outcome['details'] {
  const all = outcomes.flatMap(({ details }) => (details === undefined ? [] : [details]))
  if (all.length === 0) return undefined
  const kinds = new Set(all.flatMap((details) => Object.keys(details)))
  return Object.fromEntries(
    [...kinds].map((kind) => [kind, strictest(all.flatMap((details) => details[kind] ?? []))]),
  )
}

/** Each statement once, however many resources it decided about. */
function distinct(statements: Outcome['matched']): Outcome['matched'] {
  const nameOf = ({ SourcePolicyId, StartPosition }: Outcome['matched'][number]) =>
    `${SourcePolicyId} ${StartPosition?.Line} ${StartPosition?.Column}`
  return [...new Map(statements.map((statement) => [nameOf(statement), statement])).values()]
}
