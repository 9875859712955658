import { type Layer, layerWords } from '@claviger/policy'
import { type Decided, decide } from '../policy-cases/answer.ts'
import { caseOf } from './case-of.ts'
import type { Expectation, ExpectationFile } from './expectation-file.ts'

/** An expectation and what came of it. */
export interface Checked {
  readonly expectation: Expectation
  readonly failure?: Failure
}

export interface Failure {
  /** What is so instead: `it is allowed`. */
  readonly sentence: string
  /** Whose reasons `explanationOf` gives. */
  readonly decided: Decided
}

/** Decides the case and holds the answer against the expectation. */
export function checkExpectation(expectation: Expectation, file: ExpectationFile): Checked {
  const decided = decide(caseOf(expectation, file))
  const sentence = contradiction(expectation, file, decided)
  if (sentence === undefined) return { expectation }
  return { expectation, failure: { sentence, decided } }
}

function contradiction(
  expectation: Expectation,
  file: ExpectationFile,
  decided: Decided,
): string | undefined {
  const { effect, sentence } = expectation
  if (sentence.throughEndpoint && file.endpointPolicy === undefined)
    return 'there is no `endpoint-policy` to go through'
  switch (decided.answer.decision) {
    case 'ERROR':
      return 'it cannot be decided'
    case 'ALLOW':
      return effect === 'allow' ? otherReason(sentence.because, decided, 'allowed') : 'it is allowed'
    case 'DENY':
      return effect === 'deny' ? otherReason(sentence.because, decided, 'denied') : 'it is denied'
  }
}

/** Right, but for another reason: then the test would go on passing when the policy it is about is gone. */
function otherReason(
  because: Expectation['sentence']['because'],
  { asked }: Decided,
  outcome: 'allowed' | 'denied',
): string | undefined {
  if (because === undefined || asked === undefined) return undefined
  const { layer, because: citations } = asked.authorization
  if ('sid' in because) {
    const cited = citations.some(({ statement }) => statement.sid === because.sid)
    return cited ? undefined : `it is ${outcome}, but not because of statement "${because.sid}"`
  }
  const layers = new Set<Layer>([layer, ...citations.map((citation) => citation.layer)])
  if (layers.has(because.layer)) return undefined
  return `it is ${outcome}, but not because of the ${layerWords.get(because.layer)?.name ?? because.layer}`
}
