import { hashOf, parseLink } from './line.ts'
import { linesFrom } from './lines-from.ts'

/** Lines that stand together and follow one from another, and the hash of the last. */
export interface LinkedLines {
  readonly lines: readonly Buffer[]
  readonly hash: string
}

/** A file that was changed is evidence, and nothing that a note should make disappear. */
export function changed(segment: number, how: string): Error {
  return new Error(`segment ${segment} of the audit journal ${how}, and is kept`)
}

/**
 * The lines of a file, each held to the one before. The hash of the last vouches for all of them: who reads them holds
 * it to what he knows.
 *
 * @throws Error for a line that does not follow from the one before
 */
export async function* linkedLines(directory: string, segment: number): AsyncGenerator<LinkedLines, void> {
  let hash: string | undefined
  for await (const { lines } of linesFrom(directory, { segment, offset: 0 })) {
    for (const line of lines) {
      const link = parseLink(line)
      if (link === undefined || link.previous !== (hash ?? link.previous)) {
        throw changed(segment, 'is not as it was written')
      }
      hash = hashOf(line)
    }
    yield { lines, hash: hash ?? '' }
  }
}
