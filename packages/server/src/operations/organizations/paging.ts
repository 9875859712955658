import { markerOf, readMarker } from '../../base/marker.ts'
import { Refusal } from '../../protocol/errors.ts'

interface PageRequest {
  readonly MaxResults?: number
  readonly NextToken?: string
}

interface Page<T> {
  readonly items: readonly T[]
  /** How to go on; a member of the answer as it is. */
  readonly ending: { readonly NextToken?: string }
}

/** Also what the model allows at most. */
const itemsUsual = 20

/** One page of a list, in the order of ids, no two of which are alike. Tokens name what was shown last: no secret. */
export function pageOf<T>(all: readonly T[], input: PageRequest, idOf: (item: T) => string): Page<T> {
  const after = input.NextToken === undefined ? undefined : placeAfter(input.NextToken)
  const rest = all
    .filter((item) => after === undefined || idOf(item) > after)
    .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1))
  const items = rest.slice(0, input.MaxResults ?? itemsUsual)
  const last = items.at(-1)
  const isWhole = last === undefined || items.length === rest.length
  return { items, ending: isWhole ? {} : { NextToken: markerOf([idOf(last)]) } }
}

/** @throws Refusal `InvalidInputException` for anything that no list gave out */
function placeAfter(token: string): string {
  const [id] = readMarker(token, 1) ?? []
  if (id !== undefined) return id
  throw new Refusal('InvalidInputException', 'You specified an invalid value for NextToken.', {
    reason: 'INVALID_NEXT_TOKEN',
  })
}
