import { markerOf, type Position, readMarker } from '../../base/marker.ts'
import { Refusal } from '../../protocol/errors.ts'
import { orderOf, positionOf } from '../../storage/layout.ts'
import type { IndexOf, Kind, Part, Query, Store, Stored, ValueOf } from '../../storage/store.ts'

interface PageRequest {
  readonly MaxItems?: number
  readonly Marker?: string
}

/** How to go on, as IAM's answers say it. */
type Ending = { readonly IsTruncated: false } | { readonly IsTruncated: true; readonly Marker: string }

interface Page<T> {
  readonly items: readonly T[]
  readonly ending: Ending
}

const itemsUsual = 100

/** @throws Refusal `ValidationException` for anything that no list gave out */
function placeAfter(marker: string, parts: number): Position {
  const position = readMarker(marker, parts)
  if (position === undefined) throw new Refusal('ValidationException', 'Invalid Marker.')
  return position
}

/** One page of a list that is at hand, in the order of its names, no two of which are alike. */
export function pageOf<T>(all: readonly T[], input: PageRequest, nameOf: (item: T) => string): Page<T> {
  const [after] = input.Marker === undefined ? [] : placeAfter(input.Marker, 1)
  const named = all.map((item) => ({ item, name: nameOf(item) }))
  const rest = named
    .filter(({ name }) => after === undefined || name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const items = rest.slice(0, input.MaxItems ?? itemsUsual)
  const last = items.at(-1)
  return {
    items: items.map(({ item }) => item),
    ending: last === undefined || items.length === rest.length ? whole : endingAt([last.name]),
  }
}

const whole = { IsTruncated: false } as const
const endingAt = (position: readonly Part[]): Ending => ({
  IsTruncated: true,
  Marker: markerOf(position.map(String)),
})

interface Listed<K extends Kind> {
  readonly kind: K
  readonly index?: IndexOf<K>
  readonly prefix: readonly string[]
  readonly keep?: (value: ValueOf<K>) => boolean
}

/** One page of what the store has, read no further than the page goes. */
export async function storedPage<K extends Kind>(
  store: Store,
  { kind, index, prefix, keep = () => true }: Listed<K>,
  input: PageRequest,
): Promise<Page<ValueOf<K>>> {
  const most = input.MaxItems ?? itemsUsual
  const parts = orderOf(kind, index).order.length
  let after: readonly Part[] | undefined =
    input.Marker === undefined ? undefined : placeAfter(input.Marker, parts)
  const items: ValueOf<K>[] = []
  for (;;) {
    const query: Query<K> = { prefix, limit: most + 1, ...(index && { index }), ...(after && { after }) }
    const read: readonly Stored<ValueOf<K>>[] = await store.list(kind, query)
    items.push(...read.map(({ value }) => value).filter(keep))
    const last = read.at(-1)
    if (items.length > most || last === undefined || read.length <= most) break
    after = positionOf(kind, last.value, index)
  }
  const shown = items.slice(0, most)
  const last = shown.at(-1)
  const isWhole = items.length <= most || last === undefined
  return { items: shown, ending: isWhole ? whole : endingAt(positionOf(kind, last, index)) }
}

/** Whether something is below the path that was asked for. */
export function isBelow(pathPrefix: string | undefined): (value: { readonly path: string }) => boolean {
  return ({ path }) => pathPrefix === undefined || path.startsWith(pathPrefix)
}
