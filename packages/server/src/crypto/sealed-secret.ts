import type { Chance } from '../base/chance.ts'
import { open, type Sealing, seal } from './envelope.ts'
import { reveal, Secret } from './secret.ts'

/** Seals one secret under another: how secrets are stored. */
export function sealSecret(content: Secret, sealing: Sealing, chance: Chance): Buffer {
  return seal(reveal(content), sealing, chance)
}

/** The secret that was sealed, or `undefined` when anything about it is not as it was. */
export function openSecret(sealed: Uint8Array, sealing: Sealing): Secret | undefined {
  const bytes = open(sealed, sealing)
  if (bytes === undefined) return undefined
  const content = new Secret(bytes)
  bytes.fill(0)
  return content
}
