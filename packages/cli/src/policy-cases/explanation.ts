import {
  decisionSentence,
  type Explanation,
  explain,
  explanationLines,
  type LineOptions,
} from '@claviger/policy'
import type { Decided } from './answer.ts'

/** Why a case was decided as it was, for people. */
export function explanationOf(decided: Decided, options: LineOptions): string[] {
  const { answer, asked } = decided
  const said = answer.decision === 'ERROR' && answer.message !== undefined ? [answer.message] : []
  if (asked === undefined) return said
  const note = asked.note === undefined ? [] : [`about ${asked.note}:`]
  const explanation = explanationDataOf(decided)
  const lines =
    explanation === undefined
      ? [decisionSentence(asked.authorization)]
      : explanationLines(explanation, options)
  return [...said, ...note, ...lines]
}

/** The same as data, for programs. Retiring a grant is up to the grant, and has no layers to be explained. */
export function explanationDataOf({ asked }: Decided): Explanation | undefined {
  if (asked === undefined || asked.request.action === 'kms:RetireGrant') return undefined
  return explain(asked.authority, asked.request)
}
