import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../base/invariant.ts'
import type { JournalLength } from '../journal.ts'
import type { TrailEvent, TrailQuery } from '../trail.ts'
import { JournalIndex } from './journal-index.ts'

/** What the thread that keeps the index is told; without a query it is only to catch up. */
export interface IndexTask {
  readonly id: number
  readonly end: JournalLength
  readonly query?: TrailQuery
}

export type IndexReply = { readonly id: number } & (
  | { readonly events: readonly TrailEvent[] }
  | { readonly failure: string }
)

invariant(parentPort !== null, 'the index is kept in a thread of its own')
const port = parentPort
const { path, directory } = workerData as { readonly path: string; readonly directory: string }
const index = JournalIndex.open(path, directory)

// One after the other: a question waits until what was written before it is taken in.
let last: Promise<unknown> = index
port.on('message', (task: IndexTask) => {
  last = last.then(() => answer(task)).then((reply) => port.postMessage(reply))
})

async function answer({ id, end, query }: IndexTask): Promise<IndexReply> {
  try {
    const opened = await index
    await opened.catchUp(end)
    return { id, events: query === undefined ? [] : await opened.find(query) }
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) }
  }
}
