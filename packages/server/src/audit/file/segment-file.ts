import * as fs from 'node:fs'
import { constants, fdatasyncSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { hashOf } from './line.ts'
import type { Tail } from './tail.ts'

const write = promisify(fs.write)
const fdatasync = promisify(fs.fdatasync)

/** A segment that is open for writing, under the name it is known by. */
export interface SegmentFile {
  readonly path: string
  readonly handle: FileHandle
  readonly inode: number
}

/**
 * Linux writes and syncs in one call when a file is opened so, which takes one way through the thread pool in place of
 * two. On macOS that would be less than `fdatasync`, which libuv has the drive's own cache written for as well.
 */
const isSyncedByWriting = process.platform === 'linux'
const forWriting = constants.O_RDWR | (isSyncedByWriting ? constants.O_DSYNC : 0)

/** Opens a segment, and makes it when there is none. */
export async function openSegment(path: string): Promise<SegmentFile> {
  const handle = await open(path, forWriting | constants.O_CREAT, 0o600)
  const { ino } = await handle.stat()
  return { path, handle, inode: ino }
}

/** Writes bytes where the durable part ends, and syncs them. */
export async function writeDurably(file: SegmentFile, bytes: Buffer, position: number): Promise<void> {
  const { fd } = file.handle
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
  if (!isSyncedByWriting) await fdatasync(fd)
  requireSame(file, position + bytes.length)
}

/** The same on this thread: the ways through the thread pool take more time than a sync itself on a fast disk. */
export async function writeDurablyBlocking(
  file: SegmentFile,
  bytes: Buffer,
  position: number,
): Promise<void> {
  const { fd } = file.handle
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
  if (!isSyncedByWriting) fdatasyncSync(fd)
  requireSame(file, position + bytes.length)
}

/**
 * A removed file can be written and synced without a complaint; what is in it is gone with the last handle. Asked on this
 * thread, since the names are at hand where the file was just written.
 */
function requireSame({ path, inode }: SegmentFile, length: number): void {
  const there = statSync(path)
  if (there.ino !== inode || there.size !== length) {
    throw new Error('the journal file is no longer the one that was opened')
  }
}

/**
 * Opens a segment anew after something failed, and takes it back to its durable part. The old handle is not to be
 * trusted: once a sync has failed, Linux may call pages clean that never reached the disk, and a second sync
 * on them succeeds. So the end is read back and compared, and what lies behind it is cut off and written again.
 */
export async function reopenSegment(path: string, tail: Tail): Promise<SegmentFile> {
  const handle = await open(path, forWriting)
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
