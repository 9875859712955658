import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { YamlFile } from '../../expectations/yaml-file.ts'
import type { Json } from '../json.ts'

/** A YAML value as one line of JSON, and where each part of that line comes from. */
export interface Written {
  readonly text: string
  readonly value: Json
  /** The node that a character of the line belongs to. */
  nodeAt(offset: number): Node | null
  /** Every text in it, with its node. */
  readonly texts: readonly (readonly [text: string, node: Node])[]
}

/** Deeper than any policy; an anchor that contains itself has no end. */
const depthMost = 32

/** More than any policy has; anchors that stand for lists of anchors make a few lines into millions of parts. */
const partsMost = 20_000

/**
 * Writes a YAML value as JSON, each text passed through `replaced`, so that problems of the JSON can be shown where
 * they stand in the YAML.
 */
export function jsonOfYaml(
  node: Node | null,
  yaml: YamlFile,
  replaced: (text: string) => string,
): Written | undefined {
  const marks: { readonly offset: number; readonly node: Node | null }[] = []
  const texts: [string, Node][] = []
  let line = ''
  const put = (words: string, from: Node | null): void => {
    marks.push({ offset: line.length, node: from })
    line += words
  }
  const write = (written: Node | null, depth: number): boolean => {
    const meant = yaml.meant(written)
    if (depth > depthMost || marks.length > partsMost) return false
    if (isMap(meant)) {
      put('{', meant)
      let complete = true
      for (const [index, { key, value }] of (meant.items as Pair<Node, Node | null>[]).entries()) {
        if (index > 0) line += ','
        put(`${JSON.stringify(String(isScalar(key) ? key.value : key))}:`, key)
        complete &&= write(value, depth + 1)
      }
      line += '}'
      return complete
    }
    if (isSeq(meant)) {
      put('[', meant)
      let complete = true
      for (const [index, item] of (meant.items as Node[]).entries()) {
        if (index > 0) line += ','
        complete &&= write(item, depth + 1)
      }
      line += ']'
      return complete
    }
    const value = isScalar(meant) ? meant.value : null
    if (typeof value === 'string' && meant !== null) texts.push([value, meant])
    put(JSON.stringify(typeof value === 'string' ? replaced(value) : (value ?? null)), written)
    return true
  }
  if (!write(node, 0)) {
    const problem = marks.length > partsMost ? 'this is too much for a policy' : 'this is nested too deeply'
    return yaml.report(node, problem)
  }
  return {
    text: line,
    value: yaml.counted(node) as Json,
    texts,
    nodeAt: (offset) => marks.findLast((mark) => mark.offset <= offset)?.node ?? node,
  }
}
