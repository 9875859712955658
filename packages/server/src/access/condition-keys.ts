import type { ConditionKeys } from '@claviger/policy'
import type { ConditionKeyRow, ConditionKeyType, Question, Supplier } from './condition-key.ts'
import { globalConditionKeys } from './global-condition-keys.ts'
import { kmsConditionKeys } from './kms-condition-keys.ts'

export type { Question } from './condition-key.ts'

const rows: readonly ConditionKeyRow[] = [...kmsConditionKeys, ...globalConditionKeys]

const supplierByName = new Map<string, Supplier>()
const supplierByBeginning = new Map<string, Supplier>()
for (const [name, , source] of rows) {
  // A key that nobody supplies is absent, as it is on AWS for a caller without that thing.
  if (typeof source === 'string') continue
  const table = isBeginning(name) ? supplierByBeginning : supplierByName
  table.set(name.toLowerCase(), source)
}

function isBeginning(name: string): boolean {
  return name.endsWith('/') || name.endsWith(':')
}

/** The condition keys of one request. */
export interface RequestKeys extends ConditionKeys {
  /** All that are there, by lower-case name: for whoever keeps a request beyond its call. */
  all(): Readonly<Record<string, string | readonly string[]>>
}

/** The condition keys of one question, each looked up only when a statement asks for it. */
export function conditionKeysOf(question: Question): RequestKeys {
  const find: ConditionKeys['find'] = (name) => {
    const supplier = supplierByName.get(name)
    if (supplier !== undefined) return supplier(question, '')
    const end = name.startsWith('kms:') ? name.indexOf(':', 'kms:'.length) : name.indexOf('/')
    if (end < 0) return undefined
    return supplierByBeginning.get(name.slice(0, end + 1))?.(question, name.slice(end + 1))
  }
  return {
    find,
    all() {
      const names = [...supplierByName.keys(), ...namesBegunIn(question)]
      return Object.fromEntries(
        names.flatMap((name) => {
          const value = find(name)
          return value === undefined ? [] : [[name, value]]
        }),
      )
    },
  }
}

/** The keys whose names only the request, the key or the caller completes. */
function namesBegunIn({ call, key, facts }: Question): string[] {
  const lower = (beginning: string, names: readonly string[]) =>
    names.map((name) => `${beginning}${name.toLowerCase()}`)
  return [
    ...lower('kms:encryptioncontext:', Object.keys(facts.encryptionContext ?? {})),
    ...lower(
      'aws:principaltag/',
      call.caller.tags.map((tag) => tag.key),
    ),
    ...lower('aws:resourcetag/', [...(key?.tags.keys() ?? [])]),
    ...lower('aws:requesttag/', facts.requestTags?.map((tag) => tag.key) ?? []),
  ]
}

/** Every condition key we know, for whoever documents or simulates them. */
export const conditionKeyRows: readonly {
  readonly name: string
  readonly type: ConditionKeyType
  readonly multiValued: boolean
  /** Why no request has it yet; absent when something fills it. */
  readonly absentBecause?: string
}[] = rows.map(([name, type, source]) => ({
  name,
  type,
  multiValued: type === 'ArrayOfString',
  ...(typeof source === 'string' && { absentBecause: source }),
}))
