import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditRecord, recordsIn } from '../audit/read-records.ts'
import { daysMs } from '../serving.ts'
import { published } from './kms-model.ts'
import { type Callers, callLike, type ExampleRecord, makeCallers } from './record-calls.ts'
import { ireland, makeWorld, type World } from './world.ts'

/** The example records of the AWS KMS Developer Guide, each compared member by member with the record of such a call here. */

interface Example {
  readonly file: string
  readonly record: ExampleRecord & Readonly<Record<string, unknown>>
}

const { awsDocExamples2023 } = published<{
  awsDocExamples2023: Readonly<Record<string, readonly Example[]>>
}>('cloudtrail.json', { awsDocExamples2023: {} })
const named = Object.entries(awsDocExamples2023).flatMap(([name, each]) =>
  each.map((example, at) => [`${name} ${at + 1}`, example] as const),
)
/** Those of key stores first: each begins with none, and one with keys cannot be deleted. */
const all = named.toSorted(([one], [other]) => Number(ofStores(other)) - Number(ofStores(one)))

function ofStores(name: string): boolean {
  return name.includes('CustomKeyStore')
}

/** Examples of what cannot happen here, and why. */
const impossible: Readonly<Record<string, string>> = {
  'CreateKey 2': 'no CloudHSM cluster is ever connected',
  'Decrypt 3': 'no CloudHSM cluster is ever connected',
  'DeleteKey 2': 'no CloudHSM cluster is ever connected',
  'DeleteKey 3': 'no CloudHSM cluster is ever connected',
  'ScheduleKeyDeletion 3': 'no CloudHSM cluster is ever connected',
  'Decrypt 5': 'what a failing proxy comes to is in test/xks',
}

/** What differs from the examples: a path, the examples it is of, and why. */
const differences: readonly [path: RegExp, examples: RegExp, why: string][] = [
  [/^additionalEventData\.decision\./, /^/, 'an addition of ours: who allowed it'],
  [/^eventVersion$/, /^/, 'the examples are of 2014 to 2022, records here of the current version'],
  [/^(?:managementEvent|eventCategory)$/, /^/, 'the older examples lack what every record has by now'],
  [/^resources\.\d\.type$/, /^/, 'the older examples lack what every record has by now'],
  [/^userAgent$/, /^/, 'some examples have none, or that of a service'],
  [/^sharedEventID$/, /^\w+crypt \d/, 'services call from accounts of their own on AWS; here they have none'],
  [/^responseElements\.keyId$/, /^/, 'AWS KMS writes it since December 2022, the examples are older'],
  [
    /^requestParameters\.encryptionAlgorithm$/,
    /^\w+crypt \d/,
    'written out since 2019, the examples are older',
  ],
  [
    /^additionalEventData\.keyMaterialId$/,
    /^\w+ \d/,
    'AWS KMS writes it since June 2025, the examples are older',
  ],
  [/^requestParameters\.(?:tags|multiRegion)$/, /^CreateKey/, 'defaults are written out since 2022'],
  [
    /^requestParameters\.customKeyStoreType$/,
    /^CreateCustomKeyStore/,
    'written out since there are two types',
  ],
  [
    /^requestParameters\.operations\.0$/,
    /^CreateGrant 2/,
    'a grant has been for named operations since then',
  ],
  [
    /^responseElements\.keyMetadata\.(?:AWS|aWS)AccountId$/,
    /^CreateKey 1/,
    'the examples have two spellings',
  ],
  [/^resources\.0\.(?:accountId|ARN)$/, /^CreateKey 3/, 'the example names another key than it made'],
  [/^resources\.0\./, /^UpdatePrimaryRegion 2/, 'the new primary is a resource of its record here'],
  [/^sourceIPAddress$/, /^Decrypt 4/, 'the example has no address'],
  [
    /^userIdentity\./,
    /^Decrypt 6|^GenerateDataKey 3/,
    'a role of EC2’s own; and an identity that contradicts itself',
  ],
  [/^errorMessage$/, /^GenerateDataKeyWithoutPlaintext 3/, 'newer examples have it'],
  [
    /^vpcEndpointId$/,
    /^GenerateDataKey 5/,
    'no call comes through an endpoint here: test/wire/vpc-endpoints.test.ts',
  ],
  [/^requestParameters\.numberOfBytes$/, /^GenerateRandom/, 'how much was asked for is worth recording'],
  [
    /\.keyMaterialId$/,
    /^(?:Import|DeleteExpired)KeyMaterial/,
    'written since a key may have several materials',
  ],
  [
    /^responseElements\.replicaKeyMetadata\.currentKeyMaterialId$/,
    /^ReplicateKey/,
    'in metadata since June 2025',
  ],
  [/^serviceEventDetails\./, /^RotateKey/, 'AWS KMS writes it since 2024'],
  [/^responseElements\.pendingWindowInDays$/, /^ScheduleKeyDeletion 1/, 'newer examples have it'],
  [/^requestID$/, /^SynchronizeMultiRegionKey/, 'nobody requested it'],
]

let world: World
let who: Callers
beforeAll(async () => {
  world = await makeWorld()
  who = await makeCallers(world)
})
afterAll(() => world?.close())

describe.skipIf(all.length === 0)('AWS’s example record', () => {
  test.each(all.filter(([name]) => impossible[name] === undefined))('of %s', async (name, {
    file,
    record,
  }) => {
    const ours = await recordLike(file, record)
    const found = differencesOf(inOrder(record), inOrder(ours ?? {})).filter(
      (path) => !differences.some(([excused, of]) => excused.test(path.replace(/ .*$/, '')) && of.test(name)),
    )
    expect(found).toEqual([])
  })
})

async function recordLike(file: string, example: Example['record']): Promise<AuditRecord | undefined> {
  const { eventName, userIdentity } = example
  const keyId = await eventOf[eventName]?.(world)
  if (keyId !== undefined)
    return (await journal()).findLast((each) => each.eventName === eventName && isOf(each, keyId))
  const { $metadata } = (await callLike(world, file, example, who)) as { $metadata?: { requestId?: string } }
  const records = (await journal()).filter(({ requestID }) => requestID === $metadata?.requestId)
  // The same call is recorded in the Region it reached as well.
  return (
    records.find(
      (each) => (each.awsRegion === ireland) === (userIdentity.invokedBy === 'kms.amazonaws.com'),
    ) ?? records[0]
  )
}

const journal = () => recordsIn(world.serving.dataDir)

const isOf = ({ resources }: AuditRecord, keyId: string) => JSON.stringify(resources ?? []).includes(keyId)

/** How what AWS KMS does by itself comes about. @returns the key's id */
const eventOf: Readonly<Record<string, (world: World) => Promise<string>>> = {
  async DeleteKey({ key, kms, serving }) {
    const KeyId = await key()
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    return later(serving, 7, KeyId)
  },
  async DeleteExpiredKeyMaterial({ key, bring, serving }) {
    const KeyId = await key({ Origin: 'EXTERNAL' })
    const ValidTo = new Date(serving.clock.now() + daysMs(1))
    await bring(KeyId, Buffer.alloc(32, 7), { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo })
    return later(serving, 2, KeyId)
  },
  async RotateKey({ key, kms, serving }) {
    const KeyId = await key()
    await kms.rotateKeyOnDemand({ KeyId })
    return later(serving, 0, KeyId)
  },
  SynchronizeMultiRegionKey: async ({ replicated, serving }) => later(serving, 1, await replicated()),
}

async function later({ clock, claviger }: World['serving'], days: number, keyId: string): Promise<string> {
  clock.advance(daysMs(days) + 60_000)
  await claviger.doWhatIsDue()
  return keyId
}

/** In which order a record lists a key and its alias is not the same in all examples. */
function inOrder(record: object): object {
  const { resources } = record as { readonly resources?: readonly { readonly ARN: string }[] | null }
  if (!Array.isArray(resources)) return record
  return { ...record, resources: resources.toSorted((one, other) => (one.ARN < other.ARN ? -1 : 1)) }
}

/** The members in which two records differ, and how. */
function differencesOf(theirs: unknown, ours: unknown, path = ''): string[] {
  // A member that one of the two lacks is looked into as well: its own members may be excused one by one.
  if (isObject(theirs ?? {}) && isObject(ours ?? {}) && (isObject(theirs) || isObject(ours))) {
    const names = [...new Set([...Object.keys(theirs ?? {}), ...Object.keys(ours ?? {})])]
    return names.flatMap((name) =>
      differencesOf(memberOf(theirs, name), memberOf(ours, name), path === '' ? name : `${path}.${name}`),
    )
  }
  const [expected, found] = [shown(theirs, path), shown(ours, path)]
  return expected === found ? [] : [`${path} ${expected} → ${found}`]
}

const memberOf = (value: unknown, name: string) => (isObject(value) ? value[name] : undefined)

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What cannot be the same in two calls, as what it is. */
const kinds: readonly [pattern: RegExp, kind: string][] = [
  [/\bmrk-[0-9a-f]{32}\b/g, '<id>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<id>'],
  [/\bcks-[0-9a-f]+/g, '<store>'],
  [/\bcluster-[0-9a-z]+/g, '<cluster>'],
  [/\b[0-9a-f]{64}\b/g, '<grant>'],
  [/\b(?:us|eu|ap)-[a-z]+-\d\b/g, '<region>'],
  [/^\d{4}-\d\d-\d\dT.*Z$/, '<time>'],
  // The examples have dates with a comma before the time and without.
  [/^[A-Z][a-z]{2} \d{1,2}, \d{4},? \d{1,2}:\d\d:\d\d [AP]M$/, '<date>'],
  [/^A(?:KI|SI|ID|RO)A[A-Z0-9]+/, '<principal>'],
  [/^EX_PRINCIPAL_ID$|^EXAMPLE_KEY_ID$|^EXAMPLE-KEY-ID$/, '<principal>'],
  [/^\d+\.\d+\.\d+\.\d+$/, '<address>'],
  // AWS names some services with their Region, and hides the name of others.
  [/^(?:internal|s3|workmail(?:\.<region>)?)\.amazonaws\.com$/, '<service>'],
  [/^alias\/(?:aws\/)?ebs$/, '<alias>'],
]

/** Paths whose value is of no consequence, as long as there is one. */
const anything =
  /^(?:userAgent|requestID|eventID|sharedEventID|.*\.(?:granteePrincipal|marker|policy|replicaPolicy|xksKeyId)|policy|.*\.xksKeyConfiguration\.id|.*\.recipient\..*)$/

function shown(value: unknown, path: string): string {
  if (value === undefined) return '–'
  if (anything.test(path)) return '<anything>'
  if (typeof value !== 'string') return JSON.stringify(value)
  return kinds.reduce((text, [pattern, kind]) => text.replaceAll(new RegExp(pattern, 'g'), kind), value)
}
