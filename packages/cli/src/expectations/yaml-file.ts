import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import { type Located, UnusableCase } from '../policy-cases/read-value.ts'
import type { FileProblem } from './expectation-file.ts'

/** A YAML file while it is read: what is wrong with it is noted, and reading goes on. */
export class YamlFile {
  readonly file: string
  readonly root: Node | null
  readonly problems: FileProblem[] = []
  readonly #lines = new LineCounter()
  readonly #document: Document

  constructor(file: string, text: string) {
    this.file = file
    this.#document = parseDocument(text, { lineCounter: this.#lines })
    const { errors, contents } = this.#document
    for (const { pos, message } of errors) this.report(pos[0], sentenceOf(message))
    this.root = errors.length > 0 ? null : contents
  }

  /** The value of a node as JSON would have it. @throws ReferenceError where aliases make much too much of it */
  plain(node: Node | null): unknown {
    return node === null ? null : node.toJS(this.#document)
  }

  /** The same of a node whose parts have been counted, the aliases' too. */
  counted(node: Node | null): unknown {
    return node === null ? null : node.toJS(this.#document, { maxAliasCount: -1 })
  }

  /** What an alias (`*reader`) stands for; every other node stands for itself. */
  meant(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node
  }

  /** The line of a node, counted from one. */
  lineOf(node: Node | null): number {
    return Math.max(1, this.#lines.linePos(offsetOf(node)).line)
  }

  report(at: number | Node | null, message: string): undefined {
    const { line, col } = this.#lines.linePos(typeof at === 'number' ? at : offsetOf(at))
    this.problems.push({ file: this.file, line: Math.max(1, line), column: Math.max(1, col), message })
    return undefined
  }

  /** As `report`, at a character of a text. In a text of several lines that is no longer known. */
  reportWithin(node: Node, at: number, message: string): undefined {
    const [from, to] = node.range ?? [0, 0]
    const inQuotes = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
    const oneLine = this.#lines.linePos(from).line === this.#lines.linePos(to).line
    return this.report(oneLine ? from + at + (inQuotes ? 1 : 0) : from, message)
  }

  /** Reads a value as cases have it; what is wrong with it is reported where it stands. */
  read<T>(node: Node | null, path: string, read: (located: Located) => T): T | undefined {
    try {
      return read({ value: this.plain(node), path })
    } catch (error) {
      if (error instanceof ReferenceError) return this.report(node, `${path} has too many aliases in it`)
      if (!(error instanceof UnusableCase)) throw error
      return this.report(node, error.message)
    }
  }

  /** The members of a map by name; reports what is no map, and names that are not among those known. */
  members(node: Node | null, path: string, known?: readonly string[]): ReadonlyMap<string, Node | null> {
    const members = new Map<string, Node | null>()
    // `role/app:` with nothing behind it has no members.
    if (node === null || (isScalar(node) && node.value === null)) return members
    if (!isMap(node)) {
      this.report(node, `${path} must have members, as name: value`)
      return members
    }
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      const name = String(isScalar(key) ? key.value : key)
      if (known === undefined || known.includes(name)) members.set(name, this.meant(value))
      else this.report(key, `there is no \`${name}\` in ${path}; there is ${known.join(', ')}`)
    }
    return members
  }

  /** Where the names of a map's members stand. */
  keysOf(node: Node | null): ReadonlyMap<string, Node> {
    const pairs = isMap(node) ? (node.items as Pair<Node, Node | null>[]) : []
    return new Map(pairs.map(({ key }) => [String(isScalar(key) ? key.value : key), key]))
  }

  /** The items of a list; one thing is a list of one. */
  items(node: Node | null | undefined): readonly (Node | null)[] {
    if (node === undefined || node === null || (isScalar(node) && node.value === null)) return []
    return isSeq(node) ? (node.items as Node[]).map((item) => this.meant(item)) : [node]
  }
}

/** What a YAML error says, without the place that stands before it anyway and the lines that are shown below it. */
function sentenceOf(message: string): string {
  return message
    .split('\n', 1)
    .join('')
    .replace(/ at line \d+, column \d+:?$/, '')
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0
}
