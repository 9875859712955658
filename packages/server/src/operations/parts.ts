import type { X509Certificate } from 'node:crypto'
import type { Trail } from '../audit/trail.ts'
import type { Chance } from '../base/chance.ts'
import type { PresentedRequests } from '../call/presented-request.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { CodeGuesses } from '../identity/code-guesses.ts'
import type { KeyLastUsages } from '../keys/key-last-usage.ts'
import type { Limits } from '../quotas/limits.ts'
import type { Safe } from '../root-key/safe.ts'
import type { IdentityTokens } from '../web-identity/identity-tokens.ts'
import type { XksProxies } from '../xks/xks-proxies.ts'

/** What operations work with, put together once in `main.ts`. */
export interface Parts {
  readonly catalog: Catalog
  /** When keys were last used. */
  readonly lastUsages: KeyLastUsages
  /** What happened, for whoever may look it up. */
  readonly trail: Trail
  readonly safe: Safe
  readonly chance: Chance
  /** Whose attestation documents are believed. */
  readonly attestationRoots: readonly X509Certificate[]
  /** Regions that are served: where keys may be replicated to. */
  readonly regions: readonly string[]
  /** How many there may be of what operations make. */
  readonly limits: Limits
  /** Who has shown wrong one-time codes. */
  readonly codeGuesses: CodeGuesses
  /** Whose tokens of identity providers are believed. */
  readonly identityTokens: IdentityTokens
  /** Where keys of external key stores are. */
  readonly proxies: XksProxies
  /** What believes services that present a user's request. */
  readonly presented: PresentedRequests
}
