import type { Installation } from './installation.ts'
import { allThings } from './things/all-things.ts'
import { type Difference, type Look, ranks, type Thing } from './things/thing.ts'

/** A thing, and what would be done to it. */
export interface Planned {
  readonly thing: Thing
  readonly look: Look
  readonly does: 'create' | 'change' | 'untouched'
}

/** Looks at everything that a file describes, and changes nothing. */
export async function planOf(installation: Installation): Promise<readonly Planned[]> {
  const planned: Planned[] = []
  for (const thing of allThings(installation)) {
    const look = await lookAt(thing)
    const does = look.exists ? (look.differences.length > 0 ? 'change' : 'untouched') : 'create'
    planned.push({ thing, look, does })
  }
  return planned
}

/** That something was refused while a thing was looked at or changed: which thing, beside why. */
export class AtThing extends Error {
  override readonly name = 'AtThing'
  /** Whether others may have been changed by then. */
  readonly midway: boolean

  constructor(thing: Thing, cause: unknown, { midway }: { readonly midway: boolean }) {
    super(`${thing.kind} ${thing.name}`, { cause })
    this.midway = midway
  }
}

/**
 * Does what was planned, rank by rank, and says which thing is done. Everything is looked at again when its turn comes,
 * so what was not known when the plan was made is known by then; and a run that breaks off is taken up by the next.
 */
export async function carryOut(planned: readonly Planned[], done: (one: Planned) => void): Promise<void> {
  const open = planned.filter(({ does }) => does !== 'untouched')
  for (const rank of ranks) {
    for (const one of open) {
      const has = (difference: Difference) => difference.rank === rank
      if (!one.look.differences.some(has)) continue
      await putRank(one.thing, has).catch((cause: unknown) => {
        throw new AtThing(one.thing, cause, { midway: true })
      })
      if (lastRank(one) === rank) done(one)
    }
  }
}

async function putRank(thing: Thing, has: (difference: Difference) => boolean): Promise<void> {
  let differences = (await thing.look()).differences.filter(has)
  const [first] = differences
  if (first !== undefined && first.member === undefined) {
    await first.put()
    // Most of what was different is as it should be now: things are made with all that they can be made with.
    differences = (await thing.look()).differences.filter(has)
  }
  for (const difference of differences) await difference.put()
}

function lastRank({ look }: Planned): string | undefined {
  return ranks.findLast((rank) => look.differences.some((difference) => difference.rank === rank))
}

async function lookAt(thing: Thing): Promise<Look> {
  try {
    return await thing.look()
  } catch (cause) {
    throw new AtThing(thing, cause, { midway: false })
  }
}
