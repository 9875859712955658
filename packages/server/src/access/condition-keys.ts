import type { ConditionKeys, ConditionKeyValue } from '@claviger/policy'
import type { ConditionKeyRow, ConditionKeyType, Question, Supplier } from './condition-key.ts'
import { globalConditionKeys } from './global-condition-keys.ts'
import { iamConditionKeys } from './iam-condition-keys.ts'
import { kmsConditionKeys } from './kms-condition-keys.ts'
import { organizationsConditionKeys } from './organizations-condition-keys.ts'
import { stsConditionKeys } from './sts-condition-keys.ts'

export type { Question } from './condition-key.ts'

const rows: readonly ConditionKeyRow[] = [
  ...kmsConditionKeys,
  ...iamConditionKeys,
  ...organizationsConditionKeys,
  ...stsConditionKeys,
  ...globalConditionKeys,
]

const supplierByName = new Map<string, Supplier>()
const supplierByBeginning = new Map<string, Supplier>()
for (const [name, , source] of rows) {
  // A key that nobody supplies is absent, as it is on AWS for a caller without that thing.
  if (typeof source === 'string') continue
  const table = isBeginning(name) ? supplierByBeginning : supplierByName
  table.set(name.toLowerCase(), source)
}

const spellings: ReadonlyMap<string, string> = new Map(rows.map(([name]) => [name.toLowerCase(), name]))

/** A key as AWS spells it, of which only lower case is left; a name that a request completes stays as it is. */
export function spelledKey(lowerCaseName: string): string {
  return spellings.get(lowerCaseName) ?? lowerCaseName
}

/** A name that a request completes ends in `/` or `:`, and in `PCR` where the number of a register follows. */
function isBeginning(name: string): boolean {
  return /(?:[/:]|PCR)$/.test(name)
}

/** How much of a name in lower case is the beginning of many; nothing of a name that no request completes. */
function beginningLength(name: string): number {
  if (!name.startsWith('kms:')) return name.indexOf('/') + 1
  if (name.startsWith(attestation)) return name.search(/\d+$/)
  return name.indexOf(':', 'kms:'.length) + 1
}

const attestation = 'kms:recipientattestation:'

const nothing: Readonly<Record<string, ConditionKeyValue>> = {}

/** What an identity provider said of the caller, under names that begin with the provider's. */
function ofWebIdentity({ call: { caller } }: Question): Readonly<Record<string, ConditionKeyValue>> {
  return (caller.webIdentity ?? caller.session?.webIdentity)?.conditionKeys ?? nothing
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
    const length = beginningLength(name)
    const beginning = length <= 0 ? undefined : supplierByBeginning.get(name.slice(0, length))
    if (beginning !== undefined) return beginning(question, name.slice(length))
    const vouched = ofWebIdentity(question)
    return Object.hasOwn(vouched, name) ? vouched[name] : undefined
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
function namesBegunIn(question: Question): string[] {
  const { call, key, facts } = question
  const lower = (beginning: string, names: readonly string[]) =>
    names.map((name) => `${beginning}${name.toLowerCase()}`)
  const resourceTagKeys = facts.resourceTags?.map((tag) => tag.key) ?? []
  return [
    ...Object.keys(ofWebIdentity(question)),
    ...lower('kms:encryptioncontext:', Object.keys(facts.encryptionContext ?? {})),
    ...registerNames(facts),
    ...lower(
      'aws:principaltag/',
      call.caller.tags.map((tag) => tag.key),
    ),
    ...lower('aws:resourcetag/', [...(key?.tags.keys() ?? []), ...resourceTagKeys]),
    ...lower('iam:resourcetag/', resourceTagKeys),
    ...lower('aws:requesttag/', facts.requestTags?.map((tag) => tag.key) ?? []),
  ]
}

function registerNames({ recipientAttestation }: Question['facts']): string[] {
  if (recipientAttestation === undefined) return []
  const letters = recipientAttestation.source === 'enclave' ? 'pcr' : 'nitrotpmpcr'
  return [...recipientAttestation.registers.keys()].map((number) => `${attestation}${letters}${number}`)
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
