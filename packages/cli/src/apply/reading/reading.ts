import { isScalar, type Node } from 'yaml'
import type { Io } from '../../command.ts'
import type { YamlFile } from '../../expectations/yaml-file.ts'
import { fail, type Located, textAt, textsByNameAt } from '../../policy-cases/read-value.ts'
import type { Tags } from '../installation-file.ts'

/** What everything that reads a part of the file has at hand. */
export interface Reading {
  readonly yaml: YamlFile
  readonly io: Io
  /** What can only be said when all has been read: whether what is named is there. Run in the end. */
  readonly checks: (() => void)[]
}

/** The members of one thing in the file, and how each is read. */
export interface Members {
  readonly node: Node | null
  /** How a problem calls the thing. */
  readonly path: string
  has(name: string): boolean
  nodeOf(name: string): Node | null
  text(name: string): string | undefined
  flag(name: string): boolean | undefined
  texts(name: string): readonly string[]
  textsByName(name: string): Tags
  /** A text that must be one of some; the problem lists them. */
  oneOf(name: string, choices: readonly string[]): string | undefined
  read<T>(name: string, read: (located: Located) => T): T | undefined
  require(...names: readonly string[]): void
}

/** Reads the members of a map; what is not known there is reported. */
export function membersOf(
  node: Node | null,
  path: string,
  known: readonly string[],
  { yaml }: Reading,
): Members {
  const members = yaml.members(node, path, known)
  const read = <T>(name: string, how: (located: Located) => T): T | undefined =>
    members.has(name) ? yaml.read(members.get(name) ?? null, name, how) : undefined
  return {
    node,
    path,
    read,
    has: (name) => members.has(name),
    nodeOf: (name) => members.get(name) ?? null,
    text: (name) => read(name, textAt),
    flag: (name) => read(name, flagAt),
    texts: (name) =>
      yaml.items(members.get(name)).flatMap((item) => yaml.read(item, `${name} in ${path}`, textAt) ?? []),
    textsByName: (name) => read(name, textsByNameAt) ?? {},
    oneOf: (name, choices) => read(name, oneOf(choices)),
    require(...names) {
      for (const name of names) {
        if (!members.has(name)) yaml.report(node, `${path} needs \`${name}\``)
      }
    },
  }
}

function flagAt({ value, path }: Located): boolean {
  return typeof value === 'boolean' ? value : fail(path, 'must be true or false')
}

function oneOf(choices: readonly string[]) {
  return (located: Located): string => {
    const text = textAt(located)
    return choices.includes(text)
      ? text
      : fail(located.path, `is \`${text}\`; there is ${choices.join(', ')}`)
  }
}

/** The named things of a map, each read with its name and node; names must fit a form. */
export async function readNamed<T>(
  node: Node | null,
  where: { readonly path: string; readonly form: RegExp; readonly means: string },
  reading: Reading,
  read: (name: string, node: Node | null, at: Node | null) => T | undefined | Promise<T | undefined>,
): Promise<T[]> {
  const { yaml } = reading
  const things: T[] = []
  for (const [name, { key, value }] of entriesOf(node, where.path, yaml)) {
    if (!where.form.test(name)) yaml.report(key, `\`${name}\` is no ${where.means}`)
    // Without members there is nothing to point at but the name.
    const thing = await read(name, value, isEmpty(value) ? key : value)
    if (thing !== undefined) things.push(thing)
  }
  return things
}

function entriesOf(
  node: Node | null,
  path: string,
  yaml: YamlFile,
): ReadonlyMap<string, { key: Node; value: Node | null }> {
  const members = yaml.members(node, path)
  const keys = yaml.keysOf(node)
  return new Map(
    [...members].map(([name, value]) => [name, { key: keys.get(name) ?? (value as Node), value }] as const),
  )
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

/** Names as IAM allows them for users, groups, roles and policies. */
export const iamName = /^[\w+=,.@-]{1,128}$/
