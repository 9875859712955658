import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { syncDirectory } from '../../base/durable-file.ts'
import { compressedPath, segmentNames, segmentPath } from './segments.ts'

/**
 * Compresses a closed segment. At every moment the directory holds the whole segment, in one form or in both; the
 * plain form goes when the other is durable.
 */
export async function compressSegment(directory: string, segment: number): Promise<void> {
  const [plain, compressed] = [segmentPath(directory, segment), compressedPath(directory, segment)]
  const draft = `${compressed}.draft`
  // `flush` syncs it before it is closed.
  const file = createWriteStream(draft, { mode: 0o600, flush: true })
  await pipeline(createReadStream(plain), createGzip(), file)
  await rename(draft, compressed)
  await syncDirectory(directory)
  await rm(plain)
}

/** Finishes what an earlier process began: drafts go, and closed segments that are still plain are compressed. */
export async function compressClosed(directory: string, current: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith('.gz.draft')) await rm(join(directory, name), { force: true })
  }
  for (const { segment, isCompressed } of await segmentNames(directory)) {
    if (!isCompressed && segment < current) await compressSegment(directory, segment)
  }
}
