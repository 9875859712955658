import { resolve } from '../conditions/variables.ts'
import type { Condition } from '../policy.ts'
import type { GrantShown, Owner } from './explanation.ts'
import { findKeyFacts, isCarried } from './key-facts.ts'
import type { Fact } from './remedy.ts'
import { wouldHold } from './statement-documents.ts'
import type { Asked } from './steps.ts'

/** One value that a condition key could have instead, and the pattern of which it is an example. */
interface Candidate {
  readonly value: string | readonly string[] | null
  readonly like?: string
}

/**
 * The fact by which this condition would hold, or no longer hold. Values are tried, not derived, so that every
 * operator means here what it means when it decides. Undefined where nobody can change the fact.
 */
export function factFor(condition: Condition, wanted: 'holds' | 'fails', asked: Asked): Fact | undefined {
  const { key, lowerCaseKey } = condition
  const facts = findKeyFacts(lowerCaseKey)
  if (facts === undefined || !isCarried(lowerCaseKey, asked.request.action)) return undefined
  const fits = ({ value }: Candidate) =>
    wouldHold(condition, asked.request, value ?? undefined) === (wanted === 'holds')
  const found = candidatesFor(condition, asked).find(fits)
  return found && { key, ...found, owner: ownerOfFact(facts.changedBy, asked) }
}

function ownerOfFact(role: Owner['role'], { authority, request: { principal } }: Asked): Owner {
  switch (role) {
    case 'key-administrator':
      return { role, account: authority.resourceAccount }
    case 'iam-administrator':
      return principal.kind === 'service' ? { role } : { role, account: principal.account }
    default:
      return { role }
  }
}

/** What the policy itself names comes first: it is what the reader knows. Last, the key being absent. */
function candidatesFor({ operator, values }: Condition, { request }: Asked): Candidate[] {
  const several = operator.quantifier !== 'none'
  const named = values.flatMap((wanted): Candidate[] => {
    const fragments = resolve(wanted, request.conditionKeys) ?? []
    const text = fragments.map((one) => (one.literal ? one.text : example(one.text))).join('')
    const address = operator.operator.type === 'IpAddress' ? text.replace(/\/.*$/, '') : text
    const like = address === wanted.written || wanted.varies ? {} : { like: wanted.written }
    return fragments.length === 0 || address === '' ? [] : [{ value: address, ...like }]
  })
  const all = [...named, ...otherValues(operator.operator.type, named)]
  const valued = several ? all.map((one) => ({ ...one, value: [one.value ?? ''].flat() })) : all
  return [...valued, { value: null }]
}

/** Any text that the pattern covers. */
function example(pattern: string): string {
  return pattern.replaceAll('*', '').replaceAll('?', 'x')
}

function otherValues(type: string, named: readonly Candidate[]): Candidate[] {
  switch (type) {
    case 'Bool':
      return [{ value: 'true' }, { value: 'false' }]
    case 'Null':
      return [{ value: 'any', like: '*' }]
    case 'Numeric': {
      const numbers = named.map(({ value }) => Number(value)).filter(Number.isSafeInteger)
      return numbers.flatMap((number) => [{ value: String(number - 1) }, { value: String(number + 1) }])
    }
    default:
      return []
  }
}

/** The encryption context that a grant asks for, where nothing else keeps it from allowing. */
export function factsForGrant({ lacks, constraints }: GrantShown, asked: Asked): Fact[] | undefined {
  const [lack] = lacks
  if (lack === undefined || lacks.length > 1) return undefined
  const owner: Owner = { role: 'caller' }
  const key = (name: string) => `kms:EncryptionContext:${name}`
  const wanted = (pairs: Readonly<Record<string, string>> = {}): Fact[] =>
    Object.entries(pairs).map(([name, value]) => ({ key: key(name), value, owner }))
  if (lack.what === 'EncryptionContextSubset') return wanted(constraints?.encryptionContextSubset)
  if (lack.what !== 'EncryptionContextEquals') return undefined
  const equals = constraints?.encryptionContextEquals ?? {}
  const spare = Object.keys(asked.authority.encryptionContext ?? {}).filter(
    (name) => !Object.hasOwn(equals, name),
  )
  // A spare name may be a wanted one in other letters, so it goes before that one comes.
  return [...spare.map((name) => ({ key: key(name), value: null, owner })), ...wanted(equals)]
}
