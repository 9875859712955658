import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** A page of the file system: enough to be refused where nothing more fits. */
const probeBytes = 4096

/** Writes a few bytes into a directory, durably, and takes them away. @throws the file system's error */
export async function probeWriting(directory: string): Promise<void> {
  const path = join(directory, 'writable.probe')
  try {
    const handle = await open(path, 'w', 0o600)
    try {
      await handle.write(Buffer.alloc(probeBytes))
      await handle.datasync()
    } finally {
      await handle.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** How many bytes a directory's file system has left for us; absent where that cannot be found out. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch {
    return undefined
  }
}
