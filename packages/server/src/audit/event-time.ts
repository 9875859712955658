/** ISO 8601 in UTC, to the second: how CloudTrail writes when something was. */
export function eventTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
