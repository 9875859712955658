/** Times as SigV4 writes them: ISO 8601 basic format, whole seconds, UTC. */

/** A time as `20150830T123600Z`. */
export function basicTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** What was read last. A busy service reads the same second over and over. */
let last: { readonly text: string; readonly time: number | undefined } = { text: '', time: undefined }

/** Milliseconds from `20150830T123600Z`; undefined for what is no such time, like the 31st of June. */
export function parseBasicTime(text: string): number | undefined {
  if (text !== last.text) last = { text, time: readBasicTime(text) }
  return last.time
}

function readBasicTime(text: string): number | undefined {
  if (!/^[0-9]{8}T[0-9]{6}Z$/.test(text)) return undefined
  const [month, hours] = [digits(text, 4) - 1, digits(text, 9)]
  const [minutes, seconds] = [digits(text, 11), digits(text, 13)]
  const year = digits(text, 0) * 100 + digits(text, 2)
  const date = new Date(Date.UTC(year, month, digits(text, 6), hours, minutes, seconds))
  // A day that does not exist would have moved the date into another month, and Date takes the year 99 for 1999.
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month &&
    hours < 24 &&
    minutes < 60 &&
    seconds < 60
  return isReal ? date.getTime() : undefined
}

/** Two digits as a number. This runs for every request, and slices are dearer than character codes. */
function digits(text: string, start: number): number {
  return (text.charCodeAt(start) - 48) * 10 + text.charCodeAt(start + 1) - 48
}

const httpDate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/

/** Milliseconds from a `Date` header, which may also be in HTTP's own form (RFC 9110 §5.6.7). */
export function parseDateHeader(text: string): number | undefined {
  if (!httpDate.test(text)) return parseBasicTime(text)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
