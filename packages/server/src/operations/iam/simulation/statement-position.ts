import { type JsonNode, placeOf, readJson, type Statement } from '@claviger/policy'
import { invariant } from '../../../base/invariant.ts'
import type { Position } from '../../../protocol/models/iam.ts'

/**
 * Where a statement stands in its text, as IAM counts: from behind the bracket or comma before it, spaces
 * included, to behind its closing brace.
 */
export function statementPosition(
  text: string,
  { index }: Statement,
): { readonly StartPosition: Position; readonly EndPosition: Position } {
  const node = statementNodes(text)[index]
  invariant(node !== undefined, 'a statement stands in the text it was read from')
  let start = node.offset
  while (' \t\r\n'.includes(text.charAt(start - 1))) start -= 1
  return { StartPosition: positionAt(text, start), EndPosition: positionAt(text, node.end) }
}

function statementNodes(text: string): readonly JsonNode[] {
  const { root } = readJson(text)
  const element =
    root?.kind === 'object' ? root.members.find(({ name }) => name === 'Statement')?.value : undefined
  if (element === undefined) return []
  return element.kind === 'array' ? element.items : [element]
}

function positionAt(text: string, offset: number): Position {
  const { line, column } = placeOf(text, offset)
  return { Line: line, Column: column }
}
