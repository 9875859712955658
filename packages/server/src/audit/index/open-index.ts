import { Worker } from 'node:worker_threads'
import type { JournalLength } from '../journal.ts'
import type { Trail, TrailEvent, TrailQuery } from '../trail.ts'
import type { IndexReply, IndexTask } from './index-worker.ts'

interface Settings {
  /** Where the index is kept; made when it is not there. */
  readonly path: string
  /** The journal it is of. */
  readonly directory: string
  /** How far the journal is durable at this moment. */
  readonly length: () => JournalLength
  readonly onProblem: (problem: unknown) => void
}

/** How often the index follows the journal by itself, so that a question need not wait long. */
const followMs = 2000

interface Asked {
  resolve(events: readonly TrailEvent[]): void
  reject(cause: Error): void
}

/**
 * Keeps an index of the journal in a thread of its own: parsing every record again would cost the calls that are
 * being answered more than their records do.
 */
export function openIndex({ path, directory, length, onProblem }: Settings): Trail {
  const asked = new Map<number, Asked>()
  let worker: Worker | undefined
  let count = 0
  const failAll = (cause: Error) => {
    for (const { reject } of asked.values()) reject(cause)
    asked.clear()
  }
  const running = (): Worker => {
    worker ??= startWorker({ path, directory }, asked, (cause) => {
      worker = undefined
      failAll(cause)
    })
    return worker
  }
  const send = (query: TrailQuery | undefined): Promise<readonly TrailEvent[]> =>
    new Promise((resolve, reject) => {
      count += 1
      asked.set(count, { resolve, reject })
      const task: IndexTask = { id: count, end: length(), ...(query === undefined ? {} : { query }) }
      running().postMessage(task)
    })
  let isClosed = false
  const follow = setInterval(() => {
    // Only one of these at a time: it may have a whole journal to read.
    if (asked.size === 0) send(undefined).catch((error) => isClosed || onProblem(error))
  }, followMs)
  follow.unref()
  return {
    find: send,
    async close() {
      isClosed = true
      clearInterval(follow)
      await worker?.terminate()
      failAll(new Error('the index is closed'))
    },
  }
}

/** It reads lines one after the other and keeps none of them: room for more would be filled all the same, and stay so. */
const maxYoungGenerationSizeMb = 8

function startWorker(
  place: { readonly path: string; readonly directory: string },
  asked: Map<number, Asked>,
  onEnd: (cause: Error) => void,
): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`./index-worker.${extension}`, import.meta.url)
  const worker = new Worker(file, { workerData: place, resourceLimits: { maxYoungGenerationSizeMb } })
  worker.unref()
  worker.on('message', (reply: IndexReply) => {
    const question = asked.get(reply.id)
    asked.delete(reply.id)
    if ('failure' in reply) question?.reject(new Error(`the index failed: ${reply.failure}`))
    else question?.resolve(reply.events)
  })
  worker.on('error', (cause) => onEnd(cause instanceof Error ? cause : new Error(String(cause))))
  return worker
}
