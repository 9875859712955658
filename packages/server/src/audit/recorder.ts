import type { Shape } from '../protocol/models/model.ts'

/** The part of a service model that recording needs. */
interface Shapes {
  readonly shapes: Readonly<Record<string, Shape>>
}

type Write = (value: unknown) => unknown

/**
 * How CloudTrail writes a structure of the API: member names begin in lower case, dates are words, the pairs of a
 * map stay as they are. Bytes and members that the model calls sensitive are left out, wherever they are.
 *
 * @param wanted the members to write, named as CloudTrail does; without it, all of them
 * @param names other names for some of them
 */
export function recorderOf(
  model: Shapes,
  shapeName: string | undefined,
  wanted?: ReadonlySet<string>,
  names: ReadonlyMap<string, string> = noNames,
): (value: object) => object {
  const shape = shapeName === undefined ? undefined : model.shapes[shapeName]
  if (shape === undefined || shape.type !== 'structure') return () => ({})
  const members = Object.entries(shape.members)
    .map(([name, member]) => ({ name, recorded: lowerFirst(name), write: writerOf(model, member) }))
    .filter(({ recorded, write }) => write !== undefined && (wanted === undefined || wanted.has(recorded)))
    .map((member) => ({ ...member, recorded: names.get(member.recorded) ?? member.recorded }))
  return (value) => {
    const read = value as Readonly<Record<string, unknown>>
    const written: Record<string, unknown> = {}
    for (const { name, recorded, write } of members) {
      const member = read[name]
      if (member !== undefined && write !== undefined) written[recorded] = write(member)
    }
    return written
  }
}

const noNames: ReadonlyMap<string, string> = new Map()

const writers = new WeakMap<Shapes, Map<string, Write | undefined>>()

/** How to write a shape; `undefined` for one that is not written. Worked out once, since shapes are shared. */
function writerOf(model: Shapes, name: string): Write | undefined {
  let known = writers.get(model)
  if (known === undefined) {
    known = new Map()
    writers.set(model, known)
  }
  if (known.has(name)) return known.get(name)
  const shape = model.shapes[name]
  const write = shape === undefined ? undefined : compile(model, name, shape)
  known.set(name, write)
  return write
}

function compile(model: Shapes, name: string, shape: Shape): Write | undefined {
  switch (shape.type) {
    case 'blob':
      return undefined
    case 'string':
      return shape.sensitive || neverRecorded.has(name) ? undefined : same
    case 'timestamp':
      return (date) => dateInWords(date as Date)
    case 'list': {
      const write = writerOf(model, shape.member)
      return write === undefined ? undefined : (list) => (list as unknown[]).map(write)
    }
    case 'structure': {
      // Made when first needed: a few shapes hold themselves.
      let write: ((value: object) => object) | undefined
      return (value) => {
        write ??= recorderOf(model, name)
        return write(value as object)
      }
    }
    default:
      return same
  }
}

const same: Write = (value) => value

/** What proves something though the model does not call it sensitive: grant tokens, session tokens, one-time codes. */
const neverRecorded: ReadonlySet<string> = new Set([
  'GrantTokenType',
  'tokenType',
  'tokenCodeType',
  'authenticationCodeType',
])

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Aug 10, 2022, 10:38:27 PM`, in UTC: how CloudTrail writes dates inside an event. */
export function dateInWords(date: Date): string {
  const hour = date.getUTCHours()
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
  const time = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day}, ${time} ${hour < 12 ? 'AM' : 'PM'}`
}
