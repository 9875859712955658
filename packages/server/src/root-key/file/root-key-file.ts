import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { CannotStart } from '../../base/cannot-start.ts'
import type { Chance } from '../../base/chance.ts'
import { createFile } from '../../base/durable-file.ts'
import { Secret } from '../../crypto/secret.ts'
import type { RootKeySource } from '../root-key.ts'

const rootKeyBytes = 32
const tag = 'claviger-root-key-v1'

/**
 * The root key in a file of its own: one line of form, key and checksum. Whoever has this file and the database
 * has every key, so it belongs on another disk than the database's backups.
 */
export function rootKeyFile(path: string, chance: Chance): RootKeySource {
  return {
    description: `the root key file ${path}`,
    async open({ firstStart }) {
      const text = await readText(path)
      if (text !== undefined) return parse(path, text)
      if (!firstStart) {
        throw new CannotStart(
          `the root key file ${path} is missing; put it back, since without it no stored key can be opened`,
        )
      }
      return parse(path, await created(path, chance))
    },
  }
}

async function created(path: string, chance: Chance): Promise<string> {
  const bytes = chance.bytes(rootKeyBytes)
  try {
    await createFile(path, line(bytes))
  } catch (cause) {
    throw new CannotStart(`the root key file ${path} cannot be made (${codeOf(cause)})`, { cause })
  } finally {
    bytes.fill(0)
  }
  // What is in the file counts, not what we meant to write: somebody may have been faster.
  const text = await readText(path)
  if (text === undefined) throw new CannotStart(`the root key file ${path} is gone as soon as it was made`)
  return text
}

/** The file's text, or `undefined` when there is no file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path, 'r')
    try {
      const { mode } = await handle.stat()
      if ((mode & 0o077) !== 0) {
        throw new CannotStart(
          `the root key file ${path} can be read by others than its owner; chmod 600 it, and think about who has seen it`,
        )
      }
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof CannotStart) throw cause
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new CannotStart(`the root key file ${path} cannot be read (${codeOf(cause)})`, { cause })
  }
}

function parse(path: string, text: string): Secret {
  const [, form, key = '', checksum] = /^(\S+) ([A-Za-z0-9+/]+=*) ([0-9a-f]+)\n?$/.exec(text) ?? []
  const bytes = Buffer.from(key, 'base64')
  if (form !== tag || bytes.length !== rootKeyBytes || checksum !== checksumOf(key)) {
    throw new CannotStart(`the root key file ${path} is damaged; restore it from your copy`)
  }
  const rootKey = new Secret(bytes)
  bytes.fill(0)
  return rootKey
}

function line(bytes: Uint8Array): string {
  const key = Buffer.from(bytes).toString('base64')
  return `${tag} ${key} ${checksumOf(key)}\n`
}

/** Against slips of hand and disk, not against attackers: a wrong root key should be called damaged at once. */
function checksumOf(key: string): string {
  return createHash('sha256').update(`${tag} ${key}`).digest('hex').slice(0, 16)
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : cause
}
