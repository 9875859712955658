import { evaluate } from '../evaluate.ts'
import type { Policy, Statement } from '../policy.ts'
import { exceptionsFrom, isEditable } from './additions.ts'
import type { Owner, StatementShown } from './explanation.ts'
import { factFor } from './facts.ts'
import { countOpened } from './opens.ts'
import type { ChangeStatement, Denial, Fact } from './remedy.ts'
import { documentOf, extended } from './statement-documents.ts'
import { type Asked, applySuggestion, policyAt } from './steps.ts'
import { statementsOf } from './survey.ts'
import type { Found } from './ways.ts'

/** Every statement that denies, of whichever layer: each has to be escaped. */
export function denialsOf({ authority, request, layers }: Found): Denial[] {
  const asked = { authority, request }
  return layers
    .filter((layer) => layer.exempt === undefined)
    .flatMap(({ layer, owner, policies }) =>
      statementsOf([{ layer, owner, policies, verdict: 'ExplicitDeny' }])
        .filter((statement) => statement.applies && statement.effect === 'Deny')
        .map((statement) => showDenial(statement, owner, asked)),
    )
}

function showDenial({ reference }: StatementShown, owner: Owner, asked: Asked): Denial {
  const layer = reference.policy.layer
  const policy = policyAt(reference.policy, asked.authority)
  const statement = policy?.statements[reference.index]
  if (policy === undefined || statement === undefined)
    return { layer, owner, statement: reference, stoppedBy: [] }
  const stoppedBy = statement.conditions.flatMap((condition): Fact[] => {
    const fact = factFor(condition, 'fails', asked)
    return fact && !stillApplies({ reference, fact }, asked) ? [fact] : []
  })
  const exception = narrowestException({ reference, owner, policy, statement }, asked)
  return { layer, owner, statement: reference, stoppedBy, ...(exception && { exception }) }
}

function stillApplies(
  { reference, fact }: { reference: ChangeStatement['target']; fact: Fact },
  asked: Asked,
): boolean {
  const step = { kind: 'change-request', owner: fact.owner, facts: [fact] } as const
  const after = applySuggestion({ steps: [step] }, asked.authority, asked.request)
  return after === undefined || applies(reference, after)
}

function applies({ policy, index }: ChangeStatement['target'], { authority, request }: Asked): boolean {
  const found = policyAt(policy, authority)
  return found !== undefined && evaluate(found, request).statements[index]?.applies === true
}

function narrowestException(
  at: { reference: ChangeStatement['target']; owner: Owner; policy: Policy; statement: Statement },
  asked: Asked,
): ChangeStatement | undefined {
  const { reference, owner, policy, statement } = at
  if (!isEditable(reference.policy)) return undefined
  const steps = exceptionsFrom(statement, policy.version, asked).map(
    (additions): ChangeStatement => ({
      kind: 'change-statement',
      owner,
      layer: reference.policy.layer,
      target: reference,
      additions,
      statement: extended(documentOf(statement), additions),
    }),
  )
  const working = steps.filter((step) => {
    const after = applySuggestion({ steps: [step] }, asked.authority, asked.request)
    return after !== undefined && !applies(reference, after)
  })
  const measured = working.map((step) => ({ step, opens: countOpened([step], asked) }))
  return measured.toSorted((left, right) => left.opens - right.opens)[0]?.step
}
