import { UsedWrongly } from './criteria.ts'

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

/**
 * A moment as a person types it: so long ago (`-2h`), a day, or ISO 8601; in UTC where no zone is named, like
 * everything in a record.
 *
 * @throws UsedWrongly
 */
export function readTime(flag: string, typed: string, now: number): number {
  const [, count, unit = ''] = /^-?(\d+)([smhdw])$/.exec(typed) ?? []
  if (count !== undefined) return now - Number(count) * (unitMs[unit] ?? 0)
  const form = iso.exec(typed)
  const at =
    form === null ? Number.NaN : Date.parse(typed.replace(' ', 'T') + (isZoned(typed, form[1]) ? '' : 'Z'))
  if (!Number.isNaN(at)) return at
  throw new UsedWrongly(`\`--${flag}\` is a time as 2026-11-24, 2026-11-24T09:30Z or -2h, not \`${typed}\``)
}

/** A day alone is in UTC anyhow. */
function isZoned(typed: string, zone: string | undefined): boolean {
  return zone !== undefined || typed.length === 'yyyy-mm-dd'.length
}
