import { Refusal } from '../../src/protocol/errors.ts'

/** How something is refused, as `code: message`; `nothing refused` when it is not. */
export function refusalOf(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Refusal)
      return thrown.message === '' ? thrown.code : `${thrown.code}: ${thrown.message}`
    throw thrown
  }
  return 'nothing refused'
}
