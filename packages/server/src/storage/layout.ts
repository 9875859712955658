import { invariant } from '../base/invariant.ts'
import { type Extracted, type IndexOf, type Kind, kinds, type Part, type ValueOf } from './kinds.ts'

/** A column as a backend sees it. */
export interface Column {
  readonly column: string
  readonly type: 'text' | 'integer'
  /** Only a column of an index may be without content; then the value is not in that index. */
  readonly required: boolean
  of(value: unknown): Part | undefined
}

/** A way in: the columns by which a kind is found and sorted. */
export interface Order {
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly Column[]
  /** `columns`, and the key's behind them: two values never share a whole order. */
  readonly order: readonly Column[]
}

/** One kind's row of the table in `kinds.ts`, worked out for a backend. */
export interface Layout {
  readonly kind: Kind
  readonly table: string
  readonly key: Order
  readonly indexes: ReadonlyMap<string, Order>
  /** Every column once. */
  readonly columns: readonly Column[]
}

/** All kinds, in the order of their table. */
export const layouts: readonly Layout[] = (Object.keys(kinds) as Kind[]).map(layout)

const layoutByKind: ReadonlyMap<Kind, Layout> = new Map(layouts.map((each) => [each.kind, each]))

export function layoutOf(kind: Kind): Layout {
  const found = layoutByKind.get(kind)
  invariant(found !== undefined, 'a stored kind has a row in the table')
  return found
}

/** The key, or the index of that name. */
export function orderOf(kind: Kind, index: string | undefined): Order {
  const { key, indexes } = layoutOf(kind)
  const order = index === undefined ? key : indexes.get(index)
  invariant(order !== undefined, 'an index that is asked for has a line in its kind')
  return order
}

/** Where a value stands in its key order or an index: what the next page comes after. */
export function positionOf<K extends Kind>(kind: K, value: ValueOf<K>, index?: IndexOf<K>): readonly Part[] {
  return orderOf(kind, index).order.map((column) => {
    const part = column.of(value)
    invariant(part !== undefined, 'a value that was listed by an index has all its columns')
    return part
  })
}

/**
 * Whether text can stand in a column at all. Lone surrogates have no UTF-8 form and PostgreSQL refuses NUL, so
 * neither is stored anywhere, and nothing is found by it.
 */
export function isStorable(part: Part): boolean {
  return typeof part === 'number' ? Number.isSafeInteger(part) : part.isWellFormed() && !part.includes('\0')
}

function layout(kind: Kind): Layout {
  const row: {
    readonly table: string
    readonly key: readonly (string | Extracted<never>)[]
    readonly indexes: Readonly<
      Record<string, { readonly unique?: true; readonly columns: readonly (string | Extracted<never>)[] }>
    >
  } = kinds[kind]
  const keyColumns = row.key.map((each) => ({ ...columnOf(each), required: true }))
  const indexes = Object.entries(row.indexes).map(([name, { columns, unique = false }]): Order => {
    const own = columns.map(columnOf)
    return { name, unique, columns: own, order: distinct([...own, ...keyColumns]) }
  })
  return {
    kind,
    table: row.table,
    key: { name: 'key', unique: true, columns: keyColumns, order: keyColumns },
    indexes: new Map(indexes.map((each) => [each.name, each])),
    columns: distinct([...keyColumns, ...indexes.flatMap((each) => each.columns)]),
  }
}

function columnOf(source: string | Extracted<never>): Column {
  if (typeof source !== 'string') return { ...source, required: false, of: source.of as Column['of'] }
  return {
    column: source.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type: 'text',
    required: true,
    of: (value) => (value as Readonly<Record<string, string>>)[source],
  }
}

/** Each column once, where it came first. */
function distinct(columns: readonly Column[]): Column[] {
  return [...new Map(columns.map((each) => [each.column, each])).values()]
}
