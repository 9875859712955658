import { rm } from 'node:fs/promises'
import { syncDirectory } from '../../base/durable-file.ts'
import type { JournalLength } from '../journal.ts'
import type { JournalKey } from '../journal-key.ts'
import type { Retention } from '../retention.ts'
import { type Beginning, readBeginning, writeBeginning } from './beginning.ts'
import { noHash } from './line.ts'
import { changed } from './linked-lines.ts'
import { overdueFiles } from './overdue.ts'
import { compressedPath, segmentNames, segmentPath } from './segments.ts'
import { firstLink } from './weigh.ts'

/** Somebody who reads the journal on, and for whom nothing may be deleted unread. */
export interface Taker {
  readonly name: string
  /** The last line that it does not need any more. */
  readonly takenUpTo: number
  /** Makes that survive a power failure. */
  sync(): Promise<void>
}

export interface RetentionSettings {
  readonly directory: string
  readonly retention: Retention
  /** What signs the note of where the journal begins. */
  readonly key: JournalKey
  /** How far the journal was written. */
  readonly written: () => JournalLength
  readonly takers: () => readonly Taker[]
  /** Told when a file is kept beyond its time for somebody's sake. */
  readonly onKept: (segment: number, taker: string) => void
}

/**
 * Deletes what the journal need not keep, oldest files first and only whole ones, and leaves a signed note of where it
 * begins now. The file that is being written and the one before it always stay, and so does everything that somebody
 * has not taken yet.
 *
 * @returns what does it, and says how many files went; to be called now and then
 */
export function retainer(settings: RetentionSettings): (now: number) => Promise<number> {
  const { directory, key, takers, onKept } = settings
  const overdue = overdueFiles(settings)
  let lastKept = 0
  return async (now) => {
    const begun = await readBeginning(directory, key.publicKey)
    await deleteBefore(directory, begun?.segment ?? 1)
    const due = await overdue(now)
    if (due.length === 0) return 0
    await requireBegun(directory, due[0]?.segment, begun)
    for (const taker of takers()) await taker.sync()
    let gone = 0
    for (const { segment, hash } of due) {
      const next = await firstLink(directory, segment + 1)
      const waiting = takers().find(({ takenUpTo }) => takenUpTo < next.sequence - 1)
      if (waiting !== undefined) {
        if (lastKept !== segment) onKept(segment, waiting.name)
        lastKept = segment
        break
      }
      if (next.previous !== hash) throw changed(segment, 'does not end as it did')
      const beginning = { segment: segment + 1, sequence: next.sequence - 1, hash: next.previous }
      await writeBeginning(directory, beginning, key)
      await deleteBefore(directory, segment + 1)
      gone += 1
    }
    return gone
  }
}

/** What somebody else cut off at the front must go on to show: no new note covers it. */
async function requireBegun(
  directory: string,
  first: number | undefined,
  { segment, sequence, hash }: Beginning = { segment: 1, sequence: 0, hash: noHash },
): Promise<void> {
  if (first === undefined) return
  const link = await firstLink(directory, first)
  const isBegun = first === segment && link.sequence === sequence + 1 && link.previous === hash
  if (!isBegun) throw changed(first, 'is not the first that there should be')
}

async function deleteBefore(directory: string, first: number): Promise<void> {
  const names = await segmentNames(directory)
  const gone = names.filter(({ segment }) => segment < first)
  for (const { segment, isCompressed } of gone) {
    await rm((isCompressed ? compressedPath : segmentPath)(directory, segment), { force: true })
  }
  if (gone.length > 0) await syncDirectory(directory)
}
