import type { JsonNode } from '@claviger/policy'

/** A case that cannot be evaluated, and why. It is the answer to that case, and the others are not held up. */
export class UnusableCase extends Error {
  override readonly name = 'UnusableCase'
  /** The name of the error that AWS would return, where it is AWS that would refuse. */
  readonly awsError: string | undefined

  constructor(message: string, awsError?: string) {
    super(message)
    this.awsError = awsError
  }
}

/** A value somewhere in a case: what it is, and the path by which a person finds it. */
export interface Located {
  readonly value: unknown
  readonly path: string
}

/** Records of strangers' names have no prototype, so that `__proto__` and `constructor` are names like others. */
export type NamedValues = Readonly<Record<string, unknown>>

/** A JSON node as a plain value. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object': {
      const record: Record<string, unknown> = Object.create(null)
      for (const { name, value } of node.members) record[name] = plainValue(value)
      return record
    }
    case 'array':
      return node.items.map(plainValue)
    case 'number':
      return Number(node.written)
    case 'null':
      return null
    default:
      return node.value
  }
}

export function textAt({ value, path }: Located): string {
  return typeof value === 'string' ? value : fail(path, 'must be a text')
}

export function flagAt({ value, path }: Located): boolean {
  return typeof value === 'boolean' ? value : fail(path, 'must be true or false')
}

export function itemsAt({ value, path }: Located): Located[] {
  if (!Array.isArray(value)) return fail(path, 'must be a list')
  return value.map((item, index) => ({ value: item, path: `${path}[${index}]` }))
}

export function membersAt({ value, path }: Located): NamedValues {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as NamedValues
  return fail(path, 'must be an object')
}

export function textsAt(located: Located): string[] {
  return itemsAt(located).map(textAt)
}

export function textsByNameAt(located: Located): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(membersAt(located))) {
    texts[name] = textAt({ value, path: `${located.path}.${name}` })
  }
  return texts
}

/** The member of that name, read; undefined where it is absent, or null, as some programs write that. */
export function optionalAt<T>(
  { value, path }: Located,
  name: string,
  read: (located: Located) => T,
): T | undefined {
  const member = membersAt({ value, path })[name]
  return member === undefined || member === null
    ? undefined
    : read({ value: member, path: path === '' ? name : `${path}.${name}` })
}

/** The member of that name, read. */
export function requiredAt<T>(located: Located, name: string, read: (located: Located) => T): T {
  const { path } = located
  return optionalAt(located, name, read) ?? fail(path === '' ? name : `${path}.${name}`, 'is missing')
}

export function fail(path: string, message: string): never {
  throw new UnusableCase(`${path} ${message}`)
}

/** A member that is only there when it has a value, as optional members want it. */
export function optional<N extends string, V>(name: N, value: V | undefined): { [M in N]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [M in N]: V })
}
