import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '../../base/durable-file.ts'
import { blockBytes, compressBlock } from './blocks.ts'
import { compressedPath, segmentNames, segmentPath } from './segments.ts'

/**
 * Compresses a closed segment. At every moment the directory holds the whole segment, in one form or in both; the
 * plain form goes when the other is durable.
 */
export async function compressSegment(directory: string, segment: number): Promise<void> {
  const [plain, compressed] = [segmentPath(directory, segment), compressedPath(directory, segment)]
  const draft = `${compressed}.draft`
  const [from, to] = [await open(plain, 'r'), await open(draft, 'w', 0o600)]
  try {
    await copyCompressed(from, to)
    await to.sync()
  } finally {
    await from.close()
    await to.close()
  }
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

/** Block by block, each off the event loop. */
async function copyCompressed(from: FileHandle, to: FileHandle): Promise<void> {
  const plain = Buffer.alloc(blockBytes)
  for (let offset = 0; ; ) {
    const { bytesRead } = await from.read(plain, 0, blockBytes, offset)
    if (bytesRead === 0) return
    // All blocks but the last are full: where a line stands follows from its place in the plain file.
    const filled = bytesRead < blockBytes ? await fill(from, plain, { bytesRead, offset }) : bytesRead
    await to.write(await compressBlock(plain.subarray(0, filled)))
    offset += filled
  }
}

async function fill(
  from: FileHandle,
  plain: Buffer,
  { bytesRead, offset }: { readonly bytesRead: number; readonly offset: number },
): Promise<number> {
  let filled = bytesRead
  for (;;) {
    const more = await from.read(plain, filled, plain.length - filled, offset + filled)
    if (more.bytesRead === 0) return filled
    filled += more.bytesRead
  }
}
