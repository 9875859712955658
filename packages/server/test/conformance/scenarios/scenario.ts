import type { World } from '../world.ts'

/** A call whose answer has members that not every answer has, or lacks them. */
export interface Scenario {
  readonly operation: string
  readonly when: string
  /** Of the conditional members those that this answer has; it has none of the others. */
  readonly shows: readonly string[]
  readonly answer: (world: World) => Promise<object>
}

/** A row of the tables here. */
export function scenario(
  operation: string,
  when: string,
  shows: readonly string[],
  answer: (world: World) => Promise<object>,
): Scenario {
  return { operation, when, shows, answer }
}
