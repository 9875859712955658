/** ISO 8601 in UTC, to the second: how CloudTrail writes when something was. */
export function eventTime(at: number): string {
  const second = Math.floor(at / 1000)
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastText
}

/** Thousands of events fall into one second, and have one text. */
let lastSecond = Number.NaN
let lastText = ''
