import { availableParallelism } from 'node:os'
import { shareOf } from './thread-share.ts'

/**
 * Node has one pool of four threads for slow cryptography and for files, and it takes what it is given in order. The
 * journal is synced there, for which every answer waits: so cryptography never has all of the threads, and waits for
 * its turn here. Pairs of RSA keys take seconds each, and wait in a queue of their own. Threads that serve divide what
 * there is of the pool; they sync nothing themselves.
 */

/** One of four is left to files. */
export const inThreadPool = turns(3)

/** At most half of the processors are busy with making RSA keys, and at most two. */
export const inSlowQueue = turns(Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2))))

/** Takes tasks in turn. */
interface Turns {
  <Result>(task: () => Promise<Result>): Promise<Result>
  /** How many tasks wait for theirs. */
  readonly waiting: () => number
}

/** Has at most so many tasks under way; the others begin in the order in which they came. */
function turns(most: number): Turns {
  const waiting: (() => void)[] = []
  let underWay = 0
  const inTurn = async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (underWay >= shareOf(most)) await new Promise<void>((resolve) => waiting.push(resolve))
    else underWay += 1
    try {
      return await task()
    } finally {
      // Whoever waits longest takes over the place.
      const next = waiting.shift()
      if (next === undefined) underWay -= 1
      else next()
    }
  }
  return Object.assign(inTurn, { waiting: () => waiting.length })
}
