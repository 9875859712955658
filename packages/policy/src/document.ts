import type { JsonMember, JsonNode, Place } from './json.ts'
import type { PolicyKind, PolicyVersion } from './policy.ts'
import type { KindRules } from './policy-kinds.ts'
import type { Problem, ProblemKind } from './problem.ts'

/** A document while it is read: what is known about it, and what has been found wrong so far. */
export interface Document {
  readonly placeAt: (offset: number) => Place
  readonly kind: PolicyKind
  readonly rules: KindRules
  readonly version: PolicyVersion
  readonly bindings: Readonly<Record<string, string>>
  readonly problems: Problem[]
}

/** A value and the path to it, by which a problem names it. */
export interface Located {
  readonly node: JsonNode
  readonly path: string
}

/** Notes a problem. Reading goes on, so that an author sees all of them at once. */
export function report(
  document: Pick<Document, 'placeAt' | 'problems'>,
  problem: { kind: ProblemKind; path: string; offset: number; message: string },
): undefined {
  const { kind, path, message } = problem
  document.problems.push({ kind, path, message, ...document.placeAt(problem.offset) })
  return undefined
}

/** The member of that name, located. Of a name given twice the reader has already complained. */
export function findMember(
  members: readonly JsonMember[],
  name: string,
  path: string,
): (Located & { offset: number }) | undefined {
  const member = members.find((candidate) => candidate.name === name)
  return member && { node: member.value, path: joinPath(path, name), offset: member.offset }
}

/** A value, or several in an array; AWS takes one for a list of one everywhere. */
export function itemsOf({ node, path }: Located): Located[] {
  if (node.kind !== 'array') return [{ node, path }]
  return node.items.map((item, index) => ({ node: item, path: `${path}[${index}]` }))
}

export function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Reports a value of the wrong type. */
export function reportType(document: Document, { node, path }: Located, wanted: string): undefined {
  return report(document, { kind: 'grammar', path, offset: node.offset, message: `must be ${wanted}` })
}

/** Where the elements of a statement are looked for. */
export interface ElementPlace {
  readonly document: Document
  readonly members: readonly JsonMember[]
  readonly path: string
  readonly offset: number
}

/** The element or its `Not…` form; both together are refused. */
export function findEither(
  { document, members, path }: ElementPlace,
  name: string,
): (Located & { offset: number; negated: boolean }) | undefined {
  const plain = findMember(members, name, path)
  const negation = findMember(members, `Not${name}`, path)
  if (plain && negation) {
    const message = `cannot stand beside ${name}`
    report(document, { kind: 'grammar', path: negation.path, offset: negation.offset, message })
  }
  if (plain) return { ...plain, negated: false }
  return negation && { ...negation, negated: true }
}
