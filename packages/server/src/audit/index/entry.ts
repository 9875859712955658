import type { TrailEntry } from '../trail.ts'

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
}

interface UserIdentity {
  readonly type?: unknown
  readonly userName?: unknown
  readonly arn?: unknown
  readonly accessKeyId?: unknown
  readonly invokedBy?: unknown
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** What a line of the journal is found by; `undefined` for one that holds no record. */
export function entryOf(line: string): TrailEntry | undefined {
  const { record } = JSON.parse(line) as { record?: Record }
  if (record === undefined) return undefined
  const { userIdentity = {}, resources = [] } = record
  return {
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
  }
}

/** Under which name CloudTrail's event history lists somebody: a user's, a session's, `root`, or a service. */
export function usernameOf({ type, userName, arn, invokedBy }: UserIdentity): string {
  if (type === 'Root') return 'root'
  if (typeof userName === 'string') return userName
  if (typeof arn === 'string') return arn.slice(arn.lastIndexOf('/') + 1)
  return text(invokedBy)
}
