import { type JsonNode, placesIn, readJson, type Statement } from '@claviger/policy'
import { invariant } from '../../../base/invariant.ts'
import type { Position } from '../../../protocol/models/iam.ts'
import type { SourcedPolicy } from './simulation.ts'

interface Span {
  readonly StartPosition: Position
  readonly EndPosition: Position
}

/** A text is read for this once, however many of its statements are cited how often. */
const spansByPolicy = new WeakMap<SourcedPolicy, readonly Span[]>()

/**
 * Where a statement stands in its text, as IAM counts: from behind the bracket or comma before it, spaces
 * included, to behind its closing brace.
 */
export function statementPosition(policy: SourcedPolicy, { index }: Statement): Span {
  let spans = spansByPolicy.get(policy)
  if (spans === undefined) {
    spans = spansOf(policy.text)
    spansByPolicy.set(policy, spans)
  }
  const span = spans[index]
  invariant(span !== undefined, 'a statement stands in the text it was read from')
  return span
}

function spansOf(text: string): readonly Span[] {
  const placeAt = placesIn(text)
  const positionAt = (offset: number): Position => {
    const { line, column } = placeAt(offset)
    return { Line: line, Column: column }
  }
  return statementNodes(text).map((node) => {
    let start = node.offset
    while (' \t\r\n'.includes(text.charAt(start - 1))) start -= 1
    return { StartPosition: positionAt(start), EndPosition: positionAt(node.end) }
  })
}

function statementNodes(text: string): readonly JsonNode[] {
  const { root } = readJson(text)
  const element =
    root?.kind === 'object' ? root.members.find(({ name }) => name === 'Statement')?.value : undefined
  if (element === undefined) return []
  return element.kind === 'array' ? element.items : [element]
}
