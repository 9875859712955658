import { argon2 } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CannotStart } from '../../base/cannot-start.ts'
import type { Chance } from '../../base/chance.ts'
import { createFile } from '../../base/durable-file.ts'
import { Secret } from '../../crypto/secret.ts'
import type { RootKeySource } from '../root-key.ts'

const derive = promisify(argon2)

/** How a passphrase becomes a root key. None of it is secret; lost, the root key is lost with it. */
interface Recipe {
  readonly format: 1
  readonly algorithm: 'argon2id'
  readonly passes: number
  readonly memoryKiB: number
  readonly lanes: number
  readonly salt: string
}

const saltBytes = 16

/** RFC 9106 §4, the second recommended option: 64 MiB, where the first one's 2 GiB are not to be had. */
const recommended = { format: 1, algorithm: 'argon2id', passes: 3, memoryKiB: 65_536, lanes: 4 } as const

/**
 * The root key out of a passphrase. Nothing on the machine holds it: the data directory keeps only the salt and the
 * parameters, in `root-key.json`.
 */
export function rootKeyPassphrase(
  { directory, passphrase }: { readonly directory: string; readonly passphrase: string },
  chance: Chance,
): RootKeySource {
  const path = join(directory, 'root-key.json')
  return {
    description: 'the root key from this passphrase',
    isCostly: true,
    async open({ firstStart }) {
      if (passphrase.trim() === '')
        throw new CannotStart('the root key passphrase is empty; choose a long one')
      if (firstStart) await createRecipe(path, chance)
      return stretch(passphrase, await readRecipe(path))
    },
  }
}

async function stretch(passphrase: string, recipe: Recipe): Promise<Secret> {
  // The same accented letter is typed as one code point here and as two there; NFC makes them one passphrase.
  const message = Buffer.from(passphrase.normalize('NFC'))
  const bytes = await derive('argon2id', {
    message,
    nonce: Buffer.from(recipe.salt, 'base64'),
    passes: recipe.passes,
    memory: recipe.memoryKiB,
    parallelism: recipe.lanes,
    tagLength: 32,
  })
  const rootKey = new Secret(bytes)
  bytes.fill(0)
  message.fill(0)
  return rootKey
}

/** Leaves a recipe alone that is there already: a first start may have been cut short after making it. */
async function createRecipe(path: string, chance: Chance): Promise<void> {
  const recipe: Recipe = { ...recommended, salt: Buffer.from(chance.bytes(saltBytes)).toString('base64') }
  try {
    await createFile(path, `${JSON.stringify(recipe, null, 2)}\n`)
  } catch (cause) {
    throw new CannotStart(`${path} cannot be made; check that its directory can be written`, { cause })
  }
}

async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CannotStart(
      `${path} cannot be read; put it back, since the passphrase makes the root key only together with it`,
      { cause },
    )
  })
  const recipe = parseRecipe(text)
  if (recipe === undefined) throw new CannotStart(`${path} is damaged; restore it from your copy`)
  return recipe
}

/** Bounds are generous; they keep a damaged file from asking for all the memory there is. */
function parseRecipe(text: string): Recipe | undefined {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null) return undefined
    const { format, algorithm, passes, memoryKiB, lanes, salt }: Partial<Record<keyof Recipe, unknown>> = read
    if (format !== 1 || algorithm !== 'argon2id') return undefined
    if (!isWithin(passes, 1, 100) || !isWithin(lanes, 1, 64) || !isWithin(memoryKiB, 8192, 4_194_304))
      return undefined
    if (typeof salt !== 'string' || Buffer.from(salt, 'base64').length !== saltBytes) return undefined
    return { format, algorithm, passes, memoryKiB, lanes, salt }
  } catch {
    return undefined
  }
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}
