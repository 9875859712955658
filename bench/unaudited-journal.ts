import type { Journal } from '../packages/server/src/audit/journal.ts'
import { openSignedJournal as openReal } from '../packages/server/src/signed-journal.ts'

export { journalKeyPath } from '../packages/server/src/signed-journal.ts'

/**
 * Stands in the place of `signed-journal.ts`: a journal that takes every record and writes none. Nothing that is shipped
 * can be told to use it.
 */
export async function openSignedJournal(...ground: Parameters<typeof openReal>): Promise<Journal> {
  const journal = await openReal(...ground)
  return {
    append: async () => undefined,
    appendWritten: async () => undefined,
    findEvents: (events) => journal.findEvents(events),
    findRequest: (requestId) => journal.findRequest(requestId),
    length: () => journal.length(),
    lastSequence: () => journal.lastSequence(),
    readAfter: (sequence, visit) => journal.readAfter(sequence, visit),
    verify: () => journal.verify(),
    close: () => journal.close(),
  }
}
