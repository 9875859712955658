import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Makes the names in a directory durable: a new file's bytes may be on disk while its name is not. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a small file, readable by its owner alone, unless there is one of that name: then that one stays as it
 * is. Whatever moment the power fails at, the path holds nothing or all of `text`; once this resolves, the file
 * is there for good.
 */
export async function createFile(path: string, text: string): Promise<void> {
  const draft = `${path}.draft-${process.pid}`
  await rm(draft, { force: true })
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // A link, not a rename: a rename would replace what somebody else has made in the meantime.
    await link(draft, path).catch((cause) => {
      if (cause.code !== 'EEXIST') throw cause
    })
  } finally {
    await rm(draft, { force: true })
  }
  await syncDirectory(dirname(path))
}

/**
 * Writes a file, readable by its owner alone, in the place of one that may be there. Whatever moment the power fails
 * at, the path holds the one or the other; once this resolves, the new one.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.draft`)
  // Made anew: what lies there may be somebody else's, or a link to a file that is not to be written over.
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, path)
  await syncDirectory(dirname(path))
}

/** Makes a directory with those above it, for their owner alone, so that a power failure does not take them away. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made))
}
