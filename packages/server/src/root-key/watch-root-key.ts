import type { Secret } from '../crypto/secret.ts'
import { isRootKeyOf, openRootKey, type RootKeyMark, type RootKeySource } from './root-key.ts'

/** Whether what wraps all key material is as it should be. */
export interface RootKeyHealth {
  /** Whether the root key in memory opens what was sealed under the installation's. Without it nothing can be served. */
  isOpen(): Promise<boolean>
  /**
   * Whether its source still has it. If not, this process goes on and the next one cannot start. `undefined` for a
   * source that cannot be asked in passing.
   */
  isAtSource(): Promise<boolean | undefined>
}

interface Watched {
  readonly rootKey: Secret
  readonly source: RootKeySource
  /** What the installation knows its root key by, as it is stored now. */
  readonly mark: () => Promise<RootKeyMark | undefined>
}

/** Looks after the root key of a running service: for health checks, and without ever giving it out. */
export function watchRootKey({ rootKey, source, mark }: Watched): RootKeyHealth {
  return {
    async isOpen() {
      const installation = await mark()
      return installation !== undefined && isRootKeyOf(installation, rootKey)
    },
    async isAtSource() {
      if (source.isCostly) return undefined
      try {
        const found = await openRootKey(source, await mark())
        found.destroy()
        return true
      } catch {
        return false
      }
    },
  }
}
