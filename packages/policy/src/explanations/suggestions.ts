import { authorize } from '../authorize.ts'
import type { Layer } from '../layers.ts'
import type { Way } from './explanation.ts'
import { factFor, factsForGrant } from './facts.ts'
import { countOpened } from './opens.ts'
import { distinctOwners } from './owners.ts'
import { belongs, namesFor, nearestIn, type Style, stepsFor } from './proposals.ts'
import type { ChangeRequest, Denial, Fact, Step, Suggestion } from './remedy.ts'
import { applySuggestion, policyAt } from './steps.ts'
import { statementsOf } from './survey.ts'
import type { Found } from './ways.ts'

/** What is known when suggestions are looked for. */
export interface Diagnosis extends Found {
  readonly ways: readonly Way[]
  readonly denials: readonly Denial[]
  readonly alternatives: readonly (readonly Layer[])[]
}

/** A reader can weigh a handful. */
const suggestionsMax = 5

/** The changes after which the request is allowed. What was not tried, and did not allow, is not offered. */
export function suggestionsFor(diagnosis: Diagnosis): Suggestion[] {
  const offers = [...byCaller(diagnosis), ...byOwners(diagnosis)]
  const unique = new Map(offers.map((steps) => [JSON.stringify(steps), steps]))
  return [...unique.values()]
    .map((steps) => ({ steps, owners: distinctOwners(steps.map(({ owner }) => owner)) }))
    .map((offer) => ({ ...offer, opens: countOpened(offer.steps, diagnosis) }))
    .toSorted(
      (left, right) =>
        left.owners.length - right.owners.length ||
        left.opens - right.opens ||
        sizeOf(left.steps) - sizeOf(right.steps),
    )
    .slice(0, suggestionsMax)
}

function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    if (step.kind !== 'change-statement') return sum + JSON.stringify(step).length
    return sum + JSON.stringify(step.additions).length
  }, 0)
}

function allows(steps: readonly Step[], { authority, request }: Found): boolean {
  const after = steps.length === 0 ? undefined : applySuggestion({ steps }, authority, request)
  return after !== undefined && authorize(after.authority, after.request).decision === 'Allow'
}

/** Changes to the request alone. */
function byCaller(diagnosis: Diagnosis): Step[][] {
  const offers = diagnosis.denials.length > 0 ? escapes(diagnosis) : nearMisses(diagnosis)
  return offers
    .filter((facts) => facts.length > 0)
    .map((facts): Step[] => stepsOfFacts(facts))
    .filter((steps) => allows(steps, diagnosis))
}

/** Facts are brought about by different people: a tag on a role is not the caller's. */
function stepsOfFacts(facts: readonly Fact[]): ChangeRequest[] {
  return distinctOwners(facts.map(({ owner }) => owner)).map((owner) => {
    const own = facts.filter((fact) => fact.owner.role === owner.role)
    return { kind: 'change-request', owner, facts: own }
  })
}

/** One fact for every deny; and each fact alone, in case it stops several. */
function escapes({ denials }: Diagnosis): Fact[][] {
  const single = denials.flatMap(({ stoppedBy }) => stoppedBy.map((fact) => [fact]))
  const together = denials.flatMap(({ stoppedBy }) => stoppedBy.slice(0, 1))
  return together.length === denials.length ? [...single, distinctFacts(together)] : single
}

function distinctFacts(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [fact.key.toLowerCase(), fact])).values()]
}

/** Statements and grants that only their conditions keep from allowing. */
function nearMisses(diagnosis: Diagnosis): Fact[][] {
  const { layers, grants, alternatives } = diagnosis
  const bound = layers.filter((layer) => layer.exempt === undefined)
  const single = statementsOf(bound).flatMap((shown) => {
    const missed = shown.effect === 'Allow' && !shown.applies && factsToMeet(shown, diagnosis)
    return missed ? [missed] : []
  })
  const granted = grants.flatMap((grant) => {
    const facts = factsForGrant(grant, diagnosis)
    return facts ? [facts] : []
  })
  const together = alternatives.map((set) =>
    set.flatMap((layer) => {
      const [nearest] = nearestIn(layer, undefined, diagnosis)
      return (nearest && factsToMeet(nearest, diagnosis)) ?? []
    }),
  )
  return [...single, ...granted, ...together.map(distinctFacts)]
}

function factsToMeet(shown: ReturnType<typeof statementsOf>[number], found: Found): Fact[] | undefined {
  if (shown.inert || shown.elements.some((one) => one.kind === 'text' && !one.matches)) return undefined
  const { reference } = shown
  const statement = policyAt(reference.policy, found.authority)?.statements[reference.index]
  const conditions = shown.elements.filter((element) => element.kind === 'condition')
  const facts: Fact[] = []
  for (const [index, condition] of conditions.entries()) {
    if (condition.matches) continue
    const parsed = statement?.conditions[index]
    const fact = parsed && factFor(parsed, 'holds', found)
    if (fact === undefined) return undefined
    facts.push(fact)
  }
  return facts
}

/** Changes to policies: exceptions from what denies, and an allow in every layer of one alternative. */
function byOwners(diagnosis: Diagnosis): Step[][] {
  const { denials, alternatives, ways } = diagnosis
  const sets = alternatives.length === 0 ? [[]] : alternatives
  const inPlace = sets.filter((set) => belongs(set, ways, diagnosis))
  const elsewhere = sets.filter((set) => !inPlace.includes(set))
  return exceptions(denials).flatMap((prefix) => {
    const found = inPlace.flatMap((set) => verified(prefix, set, diagnosis))
    return found.length > 0 ? found : elsewhere.flatMap((set) => verified(prefix, set, diagnosis))
  })
}

/** The ways out of all denies: by exceptions throughout, or by facts of the request wherever there is one. */
function exceptions(denials: readonly Denial[]): Step[][] {
  if (denials.length === 0) return [[]]
  const throughout = denials.flatMap(({ exception }) => (exception ? [exception] : []))
  const facts = distinctFacts(denials.flatMap(({ stoppedBy }) => stoppedBy.slice(0, 1)))
  const rest = denials.filter(({ stoppedBy }) => stoppedBy.length === 0)
  const remaining = rest.flatMap(({ exception }) => (exception ? [exception] : []))
  const mixed =
    facts.length > 0 && remaining.length === rest.length ? [[...stepsOfFacts(facts), ...remaining]] : []
  return throughout.length === denials.length ? [throughout, ...mixed] : mixed
}

/** Tries every style under every name of the caller; the lasting name is offered alone if it will do. */
function verified(prefix: readonly Step[], set: readonly Layer[], found: Found): Step[][] {
  for (const name of namesFor(found.request.principal)) {
    const offers = (['extend', 'add'] as const)
      .map((style) => stepsForSet(set, style, name, found))
      .filter((steps) => steps !== undefined)
      .map((steps) => [...prefix, ...steps])
      .filter((steps) => allows(steps, found))
    if (offers.length > 0) return offers
  }
  return []
}

function stepsForSet(set: readonly Layer[], style: Style, name: string, found: Found): Step[] | undefined {
  const steps = set.map((layer) => stepsFor(layer, style, name, found) ?? stepsFor(layer, 'add', name, found))
  const possible = steps.filter((one) => one !== undefined)
  return possible.length === steps.length ? possible.flat() : undefined
}
