/** Condition values that are more than text. Each reader answers undefined for what it cannot read. */

/** Reads a decimal number, as JSON writes them; a plus in front does no harm. */
export function readNumber(text: string): number | undefined {
  return /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : undefined
}

/** Reads `true` or `false`, in any letters. */
export function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  if (lower === 'true') return true
  return lower === 'false' ? false : undefined
}

const isoDate =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?)?)?$/

/** Reads a W3C date (`2026`, `2026-11`, `2026-11-23T10:00:00Z`) or seconds since 1970, as seconds since 1970. */
export function readDate(text: string): number | undefined {
  const parts = isoDate.exec(text)
  if (parts === null) return readNumber(text)
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0', zone] =
    parts
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const offset = readZone(zone)
  if (offset === undefined) return undefined
  const time = Number(hour) * 3600 + Number(minute) * 60 + Number(second) + Number(`0.${fraction}`)
  return daysSince1970(Number(year), Number(month), Number(day)) * 86_400 + time - offset
}

/** Counts years from March, so that the leap day is a year's last and its length needs no table. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day <= days
}

function readZone(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const digits = zone.slice(1).replace(':', '')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2) || '0')
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
}

const base64Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Reads base64 as a text of bytes, so that two spellings of the same bytes compare equal. */
export function readBinary(text: string): string | undefined {
  const letters = text.replace(/={1,2}$/, '')
  if (letters.length % 4 === 1 || (text.length !== letters.length && text.length % 4 !== 0)) return undefined
  let bits = 0
  let held = 0
  let bytes = ''
  for (const letter of letters) {
    const value = base64Letters.indexOf(letter)
    if (value === -1) return undefined
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes += String.fromCharCode((held >> bits) & 255)
  }
  return bytes
}
