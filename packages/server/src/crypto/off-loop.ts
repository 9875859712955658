import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import type { Piscina } from 'piscina'
import { shareOf } from './thread-share.ts'
import type * as tasks from './worker/tasks.ts'

type Tasks = typeof tasks
type Input<Name extends keyof Tasks> = Parameters<Tasks[Name]>[0]
type Output<Name extends keyof Tasks> = Awaited<ReturnType<Tasks[Name]>>

/** How long a worker without work is kept: starting one costs some 50 ms. */
const idleMs = 60_000

let workers: Promise<Piscina> | undefined
let started: Piscina | undefined

/** How busy the workers are: threads there are now, and tasks that none of them has begun. */
export function workerLoad(): { readonly threads: number; readonly waiting: number } {
  return { threads: started?.threads.length ?? 0, waiting: started?.queueSize ?? 0 }
}

/**
 * Does one task in a worker thread, so that slow arithmetic holds up nobody else's call. Keys cross over as
 * handles: no bytes of theirs are copied. The answer is `undefined` when the task could not be done.
 */
export async function offLoop<Name extends keyof Tasks>(
  name: Name,
  input: Input<Name>,
): Promise<Output<Name>> {
  workers ??= startWorkers()
  return (await workers).run(input, { name })
}

/** Loaded when first asked for: who never signs a hash needs no workers. */
async function startWorkers(): Promise<Piscina> {
  const { Piscina } = await import('piscina')
  started = new Piscina({
    // Run from its sources this file ends in .ts and so does its neighbour; built, both end in .js.
    filename: new URL(`./worker/tasks${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: shareOf(availableParallelism()),
    idleTimeout: idleMs,
  })
  return started
}
