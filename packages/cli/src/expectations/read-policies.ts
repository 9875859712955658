import { dirname, join } from 'node:path'
import type { PolicyKind } from '@claviger/policy'
import type { Node } from 'yaml'
import type { Io } from '../command.ts'
import { CannotRead, wholeTextOf } from '../files.ts'
import { formByText } from '../policy-cases/authority-of.ts'
import type { PolicyLevels, PolicyText } from '../policy-cases/decision-case.ts'
import type { YamlFile } from './yaml-file.ts'

/** Where a policy is asked for. */
export interface PolicyPlace {
  readonly yaml: YamlFile
  readonly io: Io
  readonly kind: PolicyKind
  /** The member that has it. */
  readonly path: string
}

/** Reads a policy: a file beside the expectations, or a document in place, in YAML or as JSON text. */
export async function readPolicy(node: Node | null, place: PolicyPlace): Promise<PolicyText | undefined> {
  const { yaml, io, kind, path } = place
  const value = yaml.plain(node)
  if (typeof value === 'object' && value !== null) {
    return checked({ name: path, kind, text: JSON.stringify(value) }, node, place)
  }
  if (typeof value !== 'string') return yaml.report(node, `${path} must be a file or a policy document`)
  if (value.trimStart().startsWith('{')) return checked({ name: path, kind, text: value }, node, place)
  try {
    const text = await wholeTextOf(join(dirname(yaml.file), value), io)
    return checked({ name: value, kind, text }, node, place)
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    return yaml.report(node, error.message)
  }
}

/** One policy, or several in a list. */
export async function readPolicies(node: Node | null | undefined, place: PolicyPlace): Promise<PolicyText[]> {
  const policies: PolicyText[] = []
  for (const item of place.yaml.items(node)) {
    const policy = await readPolicy(item, place)
    if (policy !== undefined) policies.push(policy)
  }
  return policies
}

/** Levels of an organization, from the root; each is a policy or a list of them. */
export async function readLevels(
  node: Node | null | undefined,
  place: PolicyPlace,
): Promise<PolicyLevels | undefined> {
  if (node === undefined) return undefined
  const levels: PolicyText[][] = []
  for (const level of place.yaml.items(node)) levels.push(await readPolicies(level, place))
  return levels
}

/** Reports what is wrong with a policy: in its own file with its own lines, in place by the element's path. */
function checked(policy: PolicyText, node: Node | null, { yaml, path }: PolicyPlace): PolicyText | undefined {
  const form = formByText(policy)
  if (!('problems' in form)) return policy
  const inPlace = policy.name === path
  for (const problem of form.problems) {
    const message = problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
    if (inPlace) yaml.report(node, `${path}: ${message}`)
    else {
      const { line, column } = problem
      yaml.problems.push({ file: join(dirname(yaml.file), policy.name), line, column, message })
    }
  }
  return undefined
}
