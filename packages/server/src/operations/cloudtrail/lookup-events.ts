import type { TrailEvent, TrailPosition, TrailQuery } from '../../audit/trail.ts'
import { markerOf, type Position, readMarker } from '../../base/marker.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { CloudtrailOperations } from '../../protocol/models/cloudtrail.ts'
import { onTrail } from './on-trail.ts'

type Input = CloudtrailOperations['LookupEvents']['input']

/** CloudTrail's event history reaches this far back. */
const historyMs = 90 * 86_400_000

/** Events of a page, when the caller names no number and at most. */
const pageMost = 50

export const lookupEvents = onTrail({
  name: 'LookupEvents',
  summary: 'Lists what happened in a Region within the last 90 days, newest first.',
  check(input) {
    requireOneAttribute(input)
    requireTimeRange(input)
    readPlace(input)
  },
  async handle({ input, call, parts }) {
    // Insights are of another kind of event, of which there are none here.
    if (input.EventCategory === 'insight') return { Events: [] }
    const limit = input.MaxResults ?? pageMost
    const found = await parts.trail.find({
      ...queryOf(input, call.now),
      account: call.caller.account,
      region: call.region,
      limit: limit + 1,
    })
    const events = found.slice(0, limit)
    const last = events.at(-1)
    return {
      Events: events.map(shownEvent),
      ...(found.length > limit && last !== undefined ? { NextToken: markerOf(placeOf(last)) } : {}),
    }
  },
})

function queryOf(input: Input, now: number): Omit<TrailQuery, 'account' | 'region' | 'limit'> {
  const [attribute] = input.LookupAttributes ?? []
  const after = readPlace(input)
  return {
    ...(attribute === undefined
      ? {}
      : { attribute: { name: attribute.AttributeKey, value: attribute.AttributeValue } }),
    from: Math.max(input.StartTime?.getTime() ?? 0, now - historyMs),
    ...(input.EndTime === undefined ? {} : { to: input.EndTime.getTime() }),
    ...(after === undefined ? {} : { after }),
  }
}

const placeOf = ({ second, sequence }: TrailPosition): Position => [String(second), String(sequence)]

function readPlace({ NextToken }: Input): TrailPosition | undefined {
  if (NextToken === undefined) return undefined
  const [second, sequence] = (readMarker(NextToken, 2) ?? []).map(Number)
  if (Number.isSafeInteger(second) && Number.isSafeInteger(sequence)) {
    return { second: Number(second), sequence: Number(sequence) }
  }
  throw new Refusal('InvalidNextTokenException', 'Invalid NextToken')
}

/** The model lets a list be given; CloudTrail takes one attribute (AWS CloudTrail API Reference, LookupEvents). */
function requireOneAttribute({ LookupAttributes = [] }: Input): void {
  if (LookupAttributes.length <= 1) return
  throw new Refusal('InvalidLookupAttributesException', 'Only one lookup attribute can be specified')
}

function requireTimeRange({ StartTime, EndTime }: Input): void {
  if (StartTime === undefined || EndTime === undefined || StartTime <= EndTime) return
  throw new Refusal('InvalidTimeRangeException', 'The start time must not be after the end time')
}

function shownEvent(event: TrailEvent) {
  return {
    EventId: event.eventId,
    EventName: event.eventName,
    ReadOnly: event.readOnly,
    ...(event.accessKeyId === '' ? {} : { AccessKeyId: event.accessKeyId }),
    EventTime: new Date(event.second * 1000),
    EventSource: event.eventSource,
    ...(event.username === '' ? {} : { Username: event.username }),
    Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: event.record,
  }
}
