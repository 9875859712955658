import { listSegments, readLines } from './segments.ts'

/**
 * The record of the call with this request id. Searched from the newest segment back, through all of the journal
 * if need be: nothing is kept of where a request's record is, since hardly anybody asks.
 */
export async function findRequest(directory: string, requestId: string): Promise<object | undefined> {
  const wanted = Buffer.from(`"requestID":${JSON.stringify(requestId)}`)
  for (const segment of (await listSegments(directory)).toReversed()) {
    let found: object | undefined
    await readLines(directory, segment, (line) => {
      if (line.includes(wanted)) found = recordIn(line, requestId)
      return found === undefined ? undefined : 'stop'
    })
    if (found !== undefined) return found
  }
  return undefined
}

/** Callers can write the id of a request into their own: only a record's own member counts. */
function recordIn(line: Buffer, requestId: string): object | undefined {
  try {
    const { record } = JSON.parse(line.toString()) as { record?: { requestID?: unknown } }
    return record?.requestID === requestId ? record : undefined
  } catch {
    // No line of ours. Whether that matters is for the verification to say.
    return undefined
  }
}
