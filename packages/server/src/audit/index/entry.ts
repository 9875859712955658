import type { TrailEntry, TrailPosition } from '../trail.ts'
import type { WordKind } from './tables.ts'

/** A record, as far as the index looks at it. */
interface Record {
  readonly eventTime?: unknown
  readonly eventID?: unknown
  readonly eventName?: unknown
  readonly eventSource?: unknown
  readonly awsRegion?: unknown
  readonly recipientAccountId?: unknown
  readonly readOnly?: unknown
  readonly userIdentity?: UserIdentity
  readonly resources?: readonly { readonly type?: unknown; readonly ARN?: unknown }[]
  readonly requestParameters?: Readonly<{ [member: string]: unknown }> | null
}

/** Who called, as far as the index looks at it. */
export interface UserIdentity {
  readonly type?: unknown
  readonly userName?: unknown
  readonly arn?: unknown
  readonly accessKeyId?: unknown
  readonly invokedBy?: unknown
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** What a line of the journal is found by, where it stands among the others, and what it named in vain. */
export interface IndexEntry extends TrailEntry, TrailPosition {
  readonly named: readonly string[]
}

/** What a line of the journal is found by; `undefined` for one that holds no record. */
export function entryOf(line: string): IndexEntry | undefined {
  const { sequence, record } = JSON.parse(line) as { sequence: number; record?: Record }
  if (record === undefined) return undefined
  const { userIdentity = {}, resources = [] } = record
  return {
    sequence,
    account: text(record.recipientAccountId),
    region: text(record.awsRegion),
    second: Math.floor(Date.parse(text(record.eventTime)) / 1000) || 0,
    eventId: text(record.eventID),
    eventName: text(record.eventName),
    eventSource: text(record.eventSource),
    username: usernameOf(userIdentity),
    accessKeyId: text(userIdentity.accessKeyId),
    readOnly: String(record.readOnly === true),
    resources: resources.map(({ type, ARN }) => ({ type: text(type), name: text(ARN) })),
    named: resources.length > 0 ? [] : namedKeys(record.requestParameters),
  }
}

/** Under which name CloudTrail's event history lists somebody: a user's, a session's, `root`, or a service. */
export function usernameOf({ type, userName, arn, invokedBy }: UserIdentity): string {
  if (type === 'Root') return 'root'
  if (typeof userName === 'string') return userName
  if (typeof arn === 'string') return arn.slice(arn.lastIndexOf('/') + 1)
  return text(invokedBy)
}

/** The words that an event is found by, beside its id; types and names of its resources may come twice. */
export function wordsOf(entry: IndexEntry): readonly (readonly [WordKind, string])[] {
  const words: readonly (readonly [WordKind, string])[] = [
    ['EventName', entry.eventName],
    ['EventSource', entry.eventSource],
    ['Username', entry.username],
    ['AccessKeyId', entry.accessKeyId],
    ['ReadOnly', entry.readOnly],
    ...entry.resources.flatMap(({ type, name }) => [
      ['ResourceType', type] as const,
      ['ResourceName', name] as const,
    ]),
    ...entry.named.map((name) => ['Named', name] as const),
  ]
  return words.filter(([, word]) => word !== '')
}

const keyMembers = ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId', 'aliasName'] as const

/** The keys that a request named, as its caller wrote them. */
export function namedKeys(
  parameters: Readonly<{ [member: string]: unknown }> | null | undefined,
): readonly string[] {
  return keyMembers.map((member) => text(parameters?.[member])).filter((name) => name !== '')
}
