import type { Writable } from 'node:stream'
import { paint, stirring } from '../terminal.ts'
import { namedKeysOf, type Outcome, outcomeOf, type Recorded, resourcesOf } from './recorded.ts'

/** The columns of the table, the last without an end. Rows are shown as they are found, so widths are fixed. */
const columns: readonly [title: string, width: number, read: (record: Recorded) => string][] = [
  ['TIME', 20, ({ eventTime }) => eventTime ?? '–'],
  ['WHO', 24, whoOf],
  ['WHAT', 24, ({ eventName }) => eventName ?? '–'],
  ['KEY', 36, keyOf],
  ['OUTCOME', 7, outcomeOf],
  ['WHY', 0, whyOf],
]

const colours: Readonly<Record<Outcome, 'green' | 'red' | 'bold'>> = {
  allowed: 'green',
  denied: 'red',
  failed: 'bold',
}

export function titleLine(stream: Writable): string {
  return paint(
    stream,
    'dim',
    columns
      .map(([title, width]) => title.padEnd(width))
      .join('  ')
      .trimEnd(),
  )
}

/** A record as a person reads it: when, who, what, on which key, what came of it, and by whose word. */
export function recordLine(record: Recorded, stream: Writable): string {
  const cells = columns.map(([title, width, read]) => {
    const cell = shown(read(record)).padEnd(width)
    return title === 'OUTCOME' ? paint(stream, colours[outcomeOf(record)], cell) : cell
  })
  return cells.join('  ').trimEnd()
}

/** Records hold what strangers sent: nothing of it is to move the cursor, or to read backwards. */
function shown(text: string): string {
  return text.replace(stirring, '�')
}

function whoOf({ userIdentity = {} }: Recorded): string {
  const { type, arn, userName, invokedBy, sessionContext } = userIdentity
  const last = arn?.slice(arn.lastIndexOf('/') + 1)
  const role = sessionContext?.sessionIssuer?.userName
  const name = type === 'Root' ? 'root' : (userName ?? (role === undefined ? last : `${role}/${last}`))
  if (name === undefined) return invokedBy ?? '–'
  return invokedBy === undefined ? name : `${name} via ${invokedBy}`
}

/** The key's id, as short as it is not mistaken; as it was called where no such key was found. */
function keyOf(record: Recorded): string {
  const keys = resourcesOf(record).map((arn) => arn.replace(/^.*:(?:key\/|(?=alias\/))/, ''))
  const named = keys.length > 0 ? keys : namedKeysOf(record)
  return named[0] === undefined ? '–' : `${named[0]}${named.length > 1 ? ` +${named.length - 1}` : ''}`
}

function whyOf(record: Recorded): string {
  const { errorCode, errorMessage, additionalEventData } = record
  const { outcome, layer = '', statements = [], grantId } = additionalEventData?.decision ?? {}
  if (outcomeOf(record) === 'failed')
    return errorMessage === undefined ? (errorCode ?? '') : `${errorCode}: ${errorMessage}`
  if (outcome === 'ImplicitDeny') return `nothing in ${layer} allows it`
  if (outcome === undefined) return errorMessage ?? errorCode ?? ''
  const [first] = statements
  const statement = first && [first.policy, first.sid ?? `statement ${(first.index ?? 0) + 1}`]
  const words = [layer, grantId ?? statement?.filter((word) => word !== undefined).join(' ')]
  return words.filter((word) => word !== undefined && word !== '').join(': ')
}
