import { constants, fdatasyncSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { hashOf } from './line.ts'
import type { Tail } from './tail.ts'

/** A segment that is open for writing, under the name it is known by. */
export interface SegmentFile {
  readonly path: string
  readonly handle: FileHandle
  readonly inode: number
}

/** Opens a segment, and makes it when there is none. */
export async function openSegment(path: string): Promise<SegmentFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const { ino } = await handle.stat()
  return { path, handle, inode: ino }
}

/** Writes bytes where the durable part ends, and syncs them. */
export async function writeDurably(file: SegmentFile, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.handle.write(
      bytes,
      written,
      bytes.length - written,
      position + written,
    )
    written += bytesWritten
  }
  const [, there] = await Promise.all([file.handle.datasync(), stat(file.path)])
  requireSame(file, there, position + bytes.length)
}

/** The same on this thread: three ways through the thread pool take more time than a sync itself on a fast disk. */
export async function writeDurablyBlocking(
  file: SegmentFile,
  bytes: Buffer,
  position: number,
): Promise<void> {
  const { fd } = file.handle
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
  fdatasyncSync(fd)
  requireSame(file, statSync(file.path), position + bytes.length)
}

/** A removed file can be written and synced without a complaint; what is in it is gone with the last handle. */
function requireSame(
  file: SegmentFile,
  there: { readonly ino: number; readonly size: number },
  length: number,
) {
  if (there.ino !== file.inode || there.size !== length) {
    throw new Error('the journal file is no longer the one that was opened')
  }
}

/**
 * Opens a segment anew after something failed, and takes it back to its durable part. The old handle is not to be
 * trusted: once a sync has failed, Linux may call pages clean that never reached the disk, and a second sync
 * on them succeeds. So the end is read back and compared, and what lies behind it is cut off and written again.
 */
export async function reopenSegment(path: string, tail: Tail): Promise<SegmentFile> {
  const handle = await open(path, 'r+')
  try {
    const end = Buffer.alloc(tail.lastLineBytes)
    const { bytesRead } = await handle.read(end, 0, end.length, tail.length - end.length)
    if (bytesRead !== end.length || (end.length > 0 && hashOf(end.subarray(0, -1)) !== tail.lastHash)) {
      throw new Error('the journal file does not end with the line that was written last')
    }
    await handle.truncate(tail.length)
    await handle.sync()
    return { path, handle, inode: (await handle.stat()).ino }
  } catch (cause) {
    await handle.close().catch(() => undefined)
    throw cause
  }
}
