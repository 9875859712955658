/** What can be asked of the trail: one attribute at most, as LookupEvents has them. */
export type TrailAttribute =
  | 'AccessKeyId'
  | 'EventId'
  | 'EventName'
  | 'EventSource'
  | 'ReadOnly'
  | 'ResourceName'
  | 'ResourceType'
  | 'Username'

export interface TrailQuery {
  /** Whose records, and of which Region. */
  readonly account: string
  readonly region: string
  readonly attribute?: { readonly name: TrailAttribute; readonly value: string }
  /** Milliseconds since the epoch, both included. */
  readonly from?: number
  readonly to?: number
  readonly limit: number
  /** Only what is older than this place, as the last event was. */
  readonly after?: TrailPosition
}

/** Where an event stands: by time, and among those of the same second by their order in the journal. */
export interface TrailPosition {
  /** Seconds since the epoch: records have no finer time. */
  readonly second: number
  readonly sequence: number
}

/** What an event is found by and listed with. */
export interface TrailEntry {
  readonly account: string
  readonly region: string
  /** Seconds since the epoch. */
  readonly second: number
  readonly eventId: string
  readonly eventName: string
  readonly eventSource: string
  readonly username: string
  readonly accessKeyId: string
  /** `true` or `false`. */
  readonly readOnly: string
  readonly resources: readonly { readonly type: string; readonly name: string }[]
}

/** One event that was found. */
export interface TrailEvent extends TrailEntry, TrailPosition {
  /** The record as it stands in the journal, JSON. */
  readonly record: string
}

/** What happened, newest first. */
export interface Trail {
  /** The events of a query, at most `limit` of them; everything that was answered before the call is among them. */
  find(query: TrailQuery): Promise<readonly TrailEvent[]>
  close(): Promise<void>
}
