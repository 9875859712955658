/**
 * The parameters of the query protocol, as a tree: `Tags.member.1.Key=a` is `a` under four names. Maps, so that
 * no name a caller invents can mean anything to JavaScript.
 */
export interface FormNode {
  readonly text?: string
  readonly children: ReadonlyMap<string, FormNode>
}

interface OpenNode {
  text?: string
  children: Map<string, OpenNode>
}

/** Parameters from a query string or an urlencoded body. The last of several with one name counts. */
export function parseForm(...texts: readonly string[]): FormNode {
  const form: OpenNode = { children: new Map() }
  for (const text of texts)
    for (const [name, value] of new URLSearchParams(text)) nodeAt(form, name.split('.')).text = value
  return form
}

/** Deeper than any model goes; what lies below is somebody's mistake, and ignored like any unknown member. */
const depthMax = 16

function nodeAt(form: OpenNode, names: readonly string[]): OpenNode {
  let node = form
  for (const name of names.slice(0, depthMax)) {
    const child = node.children.get(name) ?? { children: new Map<string, OpenNode>() }
    node.children.set(name, child)
    node = child
  }
  return node
}

/** The text of one top-level parameter. */
export function formText(form: FormNode, name: string): string | undefined {
  return form.children.get(name)?.text
}

/** The elements of a numbered list, in the order of their numbers; a gap between numbers is not an element. */
export function formElements(node: FormNode | undefined): readonly FormNode[] {
  return [...(node?.children ?? [])]
    .filter(([number]) => /^[0-9]{1,9}$/.test(number))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, element]) => element)
}
