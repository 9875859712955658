import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Io } from './command.ts'

/** A file that a person named and that is not there for us to read. */
export class CannotRead extends Error {
  override readonly name = 'CannotRead'
}

/** The text of a file, piece by piece; of `-`, what comes in. @throws CannotRead */
export async function* textOf(path: string, io: Io): AsyncGenerator<string, void> {
  const stream = path === '-' ? io.stdin : createReadStream(path)
  stream.setEncoding('utf8')
  try {
    for await (const chunk of Readable.from(stream)) yield String(chunk)
  } catch (cause) {
    const { code = 'no reason given' } = cause as NodeJS.ErrnoException
    throw new CannotRead(`${shownName(path)} cannot be read (${code})`, { cause })
  }
}

/** The whole text of a file, or of what comes in. @throws CannotRead */
export async function wholeTextOf(path: string, io: Io): Promise<string> {
  let text = ''
  for await (const piece of textOf(path, io)) text += piece
  return text
}

/** How a person knows what was read. */
export function shownName(path: string): string {
  return path === '-' ? '<stdin>' : path
}
