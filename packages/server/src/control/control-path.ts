import { join, relative } from 'node:path'

/** The longest name a socket can have: `sun_path` of the system, less the zero behind it. */
const pathBytesMost = process.platform === 'linux' ? 107 : 103

/** Where the service of a data directory is asked: a socket beside what it is about. */
export function controlPath(dataDir: string): string {
  return join(dataDir, 'control.sock')
}

/** A path as short as it can be said from here, or nothing where even that is too long for a socket. */
export function sayable(path: string): string | undefined {
  const fromHere = relative(process.cwd(), path)
  const shorter = fromHere !== '' && fromHere.length < path.length ? fromHere : path
  return Buffer.byteLength(shorter) <= pathBytesMost ? shorter : undefined
}

/** Why there is no socket in a directory whose name is too long. */
export function tooLong(dataDir: string): string {
  return `the path of ${controlPath(dataDir)} is longer than the ${pathBytesMost} bytes that a socket's may have`
}
