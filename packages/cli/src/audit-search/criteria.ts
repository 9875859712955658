import { BlockList, isIP } from 'node:net'
import { layers } from '@claviger/policy'
import type { WordQuery } from '@claviger/server'
import type { Flag, Flags } from '../command.ts'
import { namedKeysOf, outcomeOf, principalNamesOf, type Recorded, resourcesOf } from './recorded.ts'

/** Something that was typed and makes no sense, as a sentence. */
export class UsedWrongly extends Error {
  override readonly name = 'UsedWrongly'
}

/** Words of the index. */
export type IndexedWords = Pick<WordQuery, 'kinds' | 'matches'>

/** Says of a record whether it is wanted. */
type Test = (record: Recorded) => boolean

/** One way to say which records are wanted. */
interface Criterion extends Flag {
  readonly value: string
  /** @throws UsedWrongly */
  readonly test: (wanted: string) => Test
  /** Text that every such record has in it: lines without it need not be read. */
  readonly needle?: (wanted: string) => string
  /** The words under which the index has every such record; not for all that may be typed. */
  readonly indexed?: (wanted: string) => IndexedWords | undefined
}

/** A criterion of records that have exactly this text somewhere; of several, separated by commas, any will do. */
function exact(
  name: string,
  value: string,
  meaning: string,
  read: (record: Recorded) => string | undefined,
): Criterion {
  return {
    name,
    value,
    meaning,
    test: (wanted) => (record) => read(record) === wanted,
    needle: (wanted) => wanted,
  }
}

/** The same for names of which several may be given, and whose case nobody need remember. */
function anyOf(
  name: string,
  value: string,
  meaning: string,
  read: (record: Recorded) => readonly (string | undefined)[],
): Criterion {
  return {
    name,
    value,
    meaning: `${meaning}; several are separated by commas`,
    test(wanted) {
      const names = new Set(wanted.toLowerCase().split(','))
      return (record) => read(record).some((each) => each !== undefined && names.has(each.toLowerCase()))
    },
  }
}

/** Every criterion. To add one, add a row: it is a flag of the command, and its line in the help. */
const criteria: readonly Criterion[] = [
  {
    name: 'key',
    value: 'key',
    meaning: 'of this key: its id or ARN; an alias finds the calls that named it',
    test: (wanted) => (record) => keyTest(wanted, record),
    needle: (wanted) => wanted.replace(/^.*:(?:key\/|(?=alias\/))/, ''),
    indexed: (wanted) =>
      isAlias(wanted)
        ? undefined
        : {
            kinds: ['ResourceName', 'Named'],
            matches: (word) => isSameKey(word, wanted) || isSameKey(wanted, word),
          },
  },
  {
    name: 'principal',
    value: 'principal',
    meaning:
      'by this one: an ARN (a role’s finds its sessions), a name, a service, an access key id, or root',
    test: (wanted) => (record) => principalNamesOf(record).includes(wanted),
    needle: (wanted) => wanted,
    indexed: (wanted) =>
      /^A[KS]IA[A-Z0-9]{12,}$/.test(wanted)
        ? { kinds: ['AccessKeyId'], matches: (word) => word === wanted }
        : undefined,
  },
  anyOf('operation', 'name', 'of this operation, as Decrypt', ({ eventName }) => [eventName]),
  {
    name: 'outcome',
    value: 'outcome',
    meaning:
      'allowed, denied (ExplicitDeny or ImplicitDeny for one of the two), or failed for another reason',
    test: outcomeTest,
    needle: (wanted) => (/allow/i.test(wanted) ? '' : 'errorCode'),
  },
  anyOf('error-code', 'code', 'that ended with this error', ({ errorCode }) => [errorCode]),
  {
    name: 'layer',
    value: 'layer',
    meaning: `that this layer decided: ${layers.join(', ')}`,
    test: layerTest,
  },
  {
    name: 'grant',
    value: 'id',
    meaning: 'that this grant allowed, or that made, changed or listed it',
    test: (wanted) => (record) => grantsOf(record).includes(wanted),
    needle: (wanted) => wanted,
  },
  {
    name: 'source-ip',
    value: 'address',
    meaning: 'from this address or network (192.0.2.0/24), or through this service',
    test: addressTest,
  },
  anyOf('service', 'service', 'to this service, as kms or iam', ({ eventSource }) => [
    eventSource,
    eventSource?.replace(/\.amazonaws\.com$/, ''),
  ]),
  exact(
    'request-id',
    'id',
    'with this request id, which every AWS client shows',
    (record) => record.requestID,
  ),
  exact('event-id', 'id', 'with this event id', (record) => record.eventID),
  exact('account', 'id', 'in the trail of this account', (record) => record.recipientAccountId),
  exact('region', 'region', 'in this Region', (record) => record.awsRegion),
]

/** What each criterion is typed as. */
export const criterionFlags: readonly Flag[] = criteria.map(({ name, value, meaning }) => ({
  name,
  value,
  meaning,
}))

/** All that was typed of them: which records are wanted, and what text stands in each of those. */
export interface Wanted {
  readonly matches: Test
  readonly needles: readonly Buffer[]
  /** How the index finds all of these, and perhaps more; absent where it cannot. */
  readonly indexed?: IndexedWords
}

/** @throws UsedWrongly */
export function readCriteria(flags: Flags): Wanted {
  const typed = criteria.flatMap((criterion) => {
    const wanted = flags[criterion.name]
    return typeof wanted === 'string' ? [{ criterion, wanted }] : []
  })
  const tests = typed.map(({ criterion, wanted }) => criterion.test(wanted))
  const [indexed] = typed.flatMap(({ criterion, wanted }) => criterion.indexed?.(wanted) ?? [])
  return {
    matches: (record) => tests.every((test) => test(record)),
    needles: typed.flatMap(({ criterion, wanted }) => {
      const needle = criterion.needle?.(wanted)
      // As it stands in JSON, between the quotes.
      return needle === undefined ? [] : [Buffer.from(JSON.stringify(needle).slice(1, -1))]
    }),
    ...(indexed === undefined ? {} : { indexed }),
  }
}

/** Whether a reference (an ARN, an id, an alias) means the same as what was typed. */
export function isSameKey(reference: string, wanted: string): boolean {
  return reference === wanted || reference.endsWith(`:key/${wanted}`) || reference.endsWith(`:${wanted}`)
}

const isAlias = (wanted: string) => /(?:^|:)alias\//.test(wanted)

function keyTest(wanted: string, record: Recorded): boolean {
  const resources = resourcesOf(record)
  const named = namedKeysOf(record)
  if (resources.some((each) => isSameKey(each, wanted))) return true
  if (isAlias(wanted)) return named.some((each) => isSameKey(each, wanted) || isSameKey(wanted, each))
  // A call whose key was found is of that key, whatever it was called; else all there is is what was written.
  return resources.length === 0 && named.some((each) => isSameKey(each, wanted) || isSameKey(wanted, each))
}

function outcomeTest(wanted: string): Test {
  const names = wanted.toLowerCase().split(',')
  const known = ['allowed', 'denied', 'failed', 'explicitdeny', 'implicitdeny']
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new UsedWrongly(
      `\`${unknown}\` is no outcome: there are allowed, denied, failed, ExplicitDeny and ImplicitDeny`,
    )
  }
  return (record) => {
    const decision = record.additionalEventData?.decision?.outcome?.toLowerCase()
    return names.includes(outcomeOf(record)) || (decision !== undefined && names.includes(decision))
  }
}

function layerTest(wanted: string): Test {
  const names = wanted.split(',')
  const unknown = names.find((name) => !layers.some((layer) => layer === name))
  if (unknown !== undefined)
    throw new UsedWrongly(`\`${unknown}\` is no layer: there are ${layers.join(', ')}`)
  return ({ additionalEventData }) => names.includes(String(additionalEventData?.decision?.layer))
}

function grantsOf({
  additionalEventData,
  requestParameters,
  responseElements,
}: Recorded): readonly unknown[] {
  return [
    additionalEventData?.decision?.grantId,
    additionalEventData?.grantId,
    requestParameters?.grantId,
    responseElements?.grantId,
  ]
}

function addressTest(wanted: string): Test {
  const [address = '', prefix] = wanted.split('/')
  const family = isIP(address)
  if (family === 0) {
    if (prefix !== undefined) throw new UsedWrongly(`\`${wanted}\` is no network`)
    return ({ sourceIPAddress }) => sourceIPAddress === wanted
  }
  const [type, bits] = family === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const)
  const length = prefix === undefined ? bits : Number(prefix)
  if (!/^\d+$/.test(prefix ?? '0') || length > bits) throw new UsedWrongly(`\`${wanted}\` is no network`)
  const list = new BlockList()
  list.addSubnet(address, length, type)
  return ({ sourceIPAddress = '' }) => {
    const found = isIP(sourceIPAddress)
    return found !== 0 && list.check(sourceIPAddress, found === 4 ? 'ipv4' : 'ipv6')
  }
}
