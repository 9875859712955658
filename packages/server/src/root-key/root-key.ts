import { CannotStart } from '../base/cannot-start.ts'
import type { Chance } from '../base/chance.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import type { Secret } from '../crypto/secret.ts'

/** Where the root key comes from: a folder beside this file for each kind. */
export interface RootKeySource {
  /** What it is, as an operator would say it: `the root key file /etc/claviger/root.key`. */
  readonly description: string

  /** Asking takes work enough that nobody should ask just to see whether it is still there. */
  readonly isCostly?: true

  /**
   * The root key, 32 bytes. On the first start of an installation a source makes what it lacks. Later it never
   * does: a new root key opens nothing of what is stored, and would hide that the right one is missing.
   *
   * @throws CannotStart with a sentence when it cannot be had
   */
  open(when: { readonly firstStart: boolean }): Promise<Secret>
}

/** What an installation remembers to know its root key by. */
export interface RootKeyMark {
  readonly id: string
  readonly rootKeyCheck: string
}

/**
 * The root key of this installation, from a source that was asked for it. Without an installation yet, whatever
 * the source yields is the root key from now on.
 *
 * @throws CannotStart when the source has none, or another one than the installation was made with
 */
export async function openRootKey(
  source: RootKeySource,
  installation: RootKeyMark | undefined,
): Promise<Secret> {
  const rootKey = await source.open({ firstStart: installation === undefined })
  if (installation === undefined || isRootKeyOf(installation, rootKey)) return rootKey
  rootKey.destroy()
  throw new CannotStart(
    `${source.description} is not the root key of the keys stored here; start with the one they were made under`,
  )
}

/** What to keep as an installation's `rootKeyCheck`: a constant, sealed under its root key for it alone. */
export function rootKeyCheck(rootKey: Secret, installationId: string, chance: Chance): string {
  return seal(constant, checkSealing(rootKey, installationId), chance).toString('base64')
}

/** Whether it is the root key that an installation was made under. */
export function isRootKeyOf({ id, rootKeyCheck }: RootKeyMark, rootKey: Secret): boolean {
  return open(Buffer.from(rootKeyCheck, 'base64'), checkSealing(rootKey, id)) !== undefined
}

const constant = Buffer.from('this is the root key')

function checkSealing(secret: Secret, installationId: string): Sealing {
  return { secret, label: 'claviger root key check v1', associatedData: Buffer.from(installationId) }
}
