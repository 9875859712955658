import { listSegments, readLines } from './segments.ts'

interface Event {
  readonly eventID: string
  /** ISO 8601, to the second. */
  readonly eventTime: string
}

/**
 * Which of these events the journal has. Read from the newest segment back, and no further than the segment that
 * was begun before the oldest of them.
 */
export async function findEvents(directory: string, events: readonly Event[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (events.length === 0) return found
  const wanted = new Set(events.map((event) => event.eventID))
  const oldest = events.map((event) => event.eventTime).reduce((one, other) => (one < other ? one : other))
  for (const segment of (await listSegments(directory)).toReversed()) {
    let began: string | undefined
    await readLines(directory, segment, (line) => {
      const { eventID, eventTime } = eventIn(line)
      began ??= eventTime
      if (eventID !== undefined && wanted.has(eventID)) found.add(eventID)
      return undefined
    })
    if (found.size === wanted.size || (began !== undefined && began < oldest)) break
  }
  return found
}

function eventIn(line: Buffer): Partial<Event> {
  try {
    return (JSON.parse(line.toString()) as { record?: Event }).record ?? {}
  } catch {
    // No line of ours. Whether that matters is for the verification to say.
    return {}
  }
}
