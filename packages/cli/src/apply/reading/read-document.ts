import { dirname, isAbsolute, join } from 'node:path'
import { type PolicyKind, parsePolicy } from '@claviger/policy'
import { isMap, isScalar, type Node, type Pair } from 'yaml'
import { YamlFile } from '../../expectations/yaml-file.ts'
import { CannotRead, wholeTextOf } from '../../files.ts'
import { kmsActionByName } from '../../policy-cases/kms-actions.ts'
import type { WantedDocument } from '../installation-file.ts'
import { type Reference, referencesIn, replaceReferences } from '../references.ts'
import { jsonOfYaml } from './json-of-yaml.ts'
import type { Reading } from './reading.ts'

/** What a policy document is for, and who says whether what it refers to is there. */
export interface DocumentPlace extends Reading {
  readonly kind: PolicyKind
  readonly path: string
  /** Reports a reference to something that the file does not describe. */
  readonly checkReference: (reference: Reference, report: (message: string) => void) => void
}

/** Reads a policy document: in place, in YAML or as JSON in a text; or in a file beside this one, of either. */
export async function readDocument(
  node: Node | null,
  place: DocumentPlace,
): Promise<WantedDocument | undefined> {
  const { yaml, path } = place
  if (isMap(node)) return checkedDocument(node, yaml, place)
  if (!isScalar(node) || typeof node.value !== 'string') {
    return yaml.report(node, `${path} must be a policy document or the name of a file`)
  }
  const text = node.value
  if (text.trimStart().startsWith('{')) return documentIn(new YamlFile(yaml.file, text), place, node)
  try {
    const file = isAbsolute(text) ? text : join(dirname(yaml.file), text)
    return documentIn(new YamlFile(file, await wholeTextOf(file, place.io)), place)
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    return yaml.report(node, error.message)
  }
}

/** A document that is a text of its own. What is wrong with one in place is reported where it begins. */
function documentIn(own: YamlFile, place: DocumentPlace, inPlace?: Node): WantedDocument | undefined {
  const { yaml } = place
  const read = own.problems.length > 0 ? undefined : checkedDocument(own.root, own, place)
  const report = () => {
    for (const problem of own.problems.splice(0)) {
      if (inPlace === undefined) yaml.problems.push(problem)
      else yaml.report(inPlace, problem.message)
    }
  }
  report()
  place.checks.push(report)
  return read
}

function checkedDocument(
  node: Node | null,
  yaml: YamlFile,
  { kind, path, checks, checkReference }: DocumentPlace,
): WantedDocument | undefined {
  const before = yaml.problems.length
  const written = jsonOfYaml(node, yaml, (text) => replaceReferences(text, exampleOf))
  if (written === undefined) return undefined
  const references: Reference[] = []
  const unreadable = new Set<Node>()
  for (const [text, at] of written.texts) {
    for (const reference of referencesIn(text)) {
      if (typeof reference === 'string') {
        unreadable.add(at)
        yaml.report(at, reference)
      } else {
        references.push(reference)
        checks.push(() => checkReference(reference, (message) => yaml.report(at, message)))
      }
    }
  }
  const parsed = parsePolicy(written.text, kind)
  for (const problem of parsed.ok ? [] : parsed.problems) {
    const at = written.nodeAt(problem.column - 1)
    if (at !== null && unreadable.has(at)) continue
    const message = problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
    yaml.report(at, `${path}: ${message}`)
  }
  reportStrangeActions(node, yaml, { kind, path })
  return yaml.problems.length > before ? undefined : { value: written.value, references }
}

/** Something that is well formed where a reference stands, so that the rest of the policy can be checked. */
function exampleOf(reference: Reference): string {
  switch (reference.kind) {
    case 'account':
      return '111122223333'
    case 'organization':
      return 'o-exampleorgid'
    case 'key':
      return 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  }
}

/**
 * Actions of KMS that there are not. AWS takes them and they never match, so that a slip of the pen in a policy is
 * found when somebody is denied, or never, where it stands in a `Deny`.
 */
function reportStrangeActions(
  node: Node | null,
  yaml: YamlFile,
  { kind, path }: Pick<DocumentPlace, 'kind' | 'path'>,
): void {
  // Key policies are taken with an action that names no service; in others that is a problem of its own.
  const form = kind === 'key-policy' ? /^(?:kms:)?([a-z]+)$/i : /^kms:([a-z]+)$/i
  for (const statement of yaml.items(memberOf(node, 'Statement', yaml))) {
    for (const element of ['Action', 'NotAction']) {
      for (const action of yaml.items(memberOf(statement, element, yaml))) {
        const text = isScalar(action) ? String(action.value) : ''
        const [, name] = form.exec(text) ?? []
        const isKnown = text.includes(':') && knownActions.has(String(name).toLowerCase())
        if (name === undefined || isKnown) continue
        yaml.report(action, `${path}: there is no action \`${text}\``)
      }
    }
  }
}

const knownActions = new Set([...kmsActionByName.keys()].map((name) => name.toLowerCase()))

function memberOf(node: Node | null, name: string, yaml: YamlFile): Node | null {
  const pairs = isMap(node) ? (node.items as Pair<Node, Node | null>[]) : []
  return yaml.meant(pairs.find(({ key }) => isScalar(key) && key.value === name)?.value ?? null)
}
