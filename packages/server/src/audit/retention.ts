/** How much of the journal is kept; what is absent is no limit. */
export interface Retention {
  /** Since the last event of a file. */
  readonly ageMs?: number
  /** Of all files together, as they lie there. */
  readonly bytesMost?: number
}

const units: Readonly<Record<string, readonly [keyof Retention, number]>> = {
  h: ['ageMs', 3_600_000],
  d: ['ageMs', 86_400_000],
  MiB: ['bytesMost', 2 ** 20],
  GiB: ['bytesMost', 2 ** 30],
  TiB: ['bytesMost', 2 ** 40],
}

/** Reads `forever`, or an age, a size, or both: `90d`, `20GiB`, `90d,20GiB`. @throws Error for anything else */
export function readRetention(written: string): Retention {
  if (written === 'forever') return {}
  const read: { -readonly [Limit in keyof Retention]: Retention[Limit] } = {}
  for (const part of written.split(',')) {
    const [, digits = '', unit = ''] = /^\s*([1-9]\d{0,8})([a-zA-Z]+)\s*$/.exec(part) ?? []
    const [limit, factor] = (Object.hasOwn(units, unit) ? units[unit] : undefined) ?? []
    if (limit === undefined || factor === undefined || read[limit] !== undefined) {
      throw new Error(
        `\`${written}\` is not forever, or an age (h, d) and a size (MiB, GiB, TiB) as in 90d,20GiB`,
      )
    }
    read[limit] = Number(digits) * factor
  }
  return read
}
