import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A journal is files of some size each, numbered from 1; only the last one grows. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `journal-${String(segment).padStart(8, '0')}.jsonl`)
}

/** The numbers of the segments that are there, in order. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  return names
    .map((name) => Number(/^journal-(\d{8})\.jsonl$/.exec(name)?.[1]))
    .filter((segment) => segment > 0)
    .sort((left, right) => left - right)
}

const chunkBytes = 1 << 20
const newline = 0x0a

/**
 * Hands each whole line of a file to `visit`, without its newline and valid only during the visit, until that
 * says to stop. Gives back how many bytes stand behind the last newline. Needs the memory of one line, however
 * long the file.
 */
export async function readLines(path: string, visit: (line: Buffer) => 'stop' | undefined): Promise<number> {
  const handle = await open(path, 'r')
  try {
    return await visitLines(handle, visit)
  } finally {
    await handle.close()
  }
}

async function visitLines(handle: FileHandle, visit: (line: Buffer) => 'stop' | undefined): Promise<number> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let pending: Buffer[] = []
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, null)
    if (bytesRead === 0) return pending.reduce((sum, part) => sum + part.length, 0)
    let start = 0
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(newline, start)
      if (end < 0) break
      const piece = chunk.subarray(start, end)
      const line = pending.length === 0 ? piece : Buffer.concat([...pending, piece])
      pending = []
      if (visit(line) === 'stop') return 0
      start = end + 1
    }
    if (start < bytesRead) pending.push(Buffer.from(chunk.subarray(start, bytesRead)))
  }
}
