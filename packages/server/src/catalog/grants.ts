import type { Grant } from '@claviger/policy'
import { LRUCache } from 'lru-cache'
import type { Soon } from '../base/soon.ts'
import type { GrantRecord } from '../keys/grant.ts'
import { keyArn } from '../keys/key.ts'
import { type CacheReading, LookUps } from '../metrics/counted-cache.ts'
import type { Store } from '../storage/store.ts'
import type { KeyEntry } from './key-entry.ts'

/** Whose grants on a key are kept, and how many keys. Whoever assumes a role names the session, so names have no end. */
const kept = { keys: 100_000, granteesOfKey: 1_000 }

/** What is known of a key: the grants of each grantee that was asked about. */
type Known = Map<string, readonly Grant[]>

/** What is known of a key that nobody has a grant on, as most are: one thing for all of them, and never filled. */
const nobody: Known = new Map()
const none: readonly Grant[] = []

interface Ground {
  readonly store: Store
  /** Moves with every commit: what was read under an older number may be old and is not kept. */
  readonly generation: () => number
}

/** Grants as decisions ask for them: those on a key whose grantee is the caller, however many the key has. */
export class Grants {
  readonly #ground: Ground
  readonly #kept = new LRUCache<string, Known>({ max: kept.keys })
  /** Once for each question: somebody's grants are here, or have to be read. */
  readonly #lookUps = new LookUps()

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** The grants on a key whose grantee is one of these names. */
  find(entry: KeyEntry, grantees: readonly string[]): Soon<readonly Grant[]> {
    const known = this.#kept.get(entry.arn)
    const found = known === undefined ? undefined : grantsIn(known, grantees)
    if (found === undefined) {
      this.#lookUps.misses += 1
      return this.#read(entry, grantees)
    }
    this.#lookUps.hits += 1
    return found
  }

  /** How well what is kept serves. */
  reading(): CacheReading {
    return { name: 'grants', ...this.#lookUps, size: this.#kept.size }
  }

  /** A key's grants have changed: none of them is to be relied on. */
  forget(key: Pick<KeyEntry['key'], 'account' | 'region' | 'keyId'>): void {
    this.#kept.delete(keyArn(key))
  }

  async #read({ arn, key }: KeyEntry, grantees: readonly string[]): Promise<readonly Grant[]> {
    const generation = this.#ground.generation()
    const { account, region, keyId } = key
    const [any] = await this.#ground.store.list('grant', { prefix: [account, region, keyId], limit: 1 })
    const read = new Map<string, readonly Grant[]>()
    for (const grantee of any === undefined ? [] : grantees) {
      const prefix = [account, region, keyId, grantee] as const
      const stored = await this.#ground.store.list('grant', { index: 'grantee', prefix, limit: everything })
      read.set(
        grantee,
        stored.map(({ value }) => grantOf(value)),
      )
    }
    if (generation === this.#ground.generation()) this.#keep(arn, any === undefined ? nobody : read)
    return [...read.values()].flat()
  }

  #keep(arn: string, read: Map<string, readonly Grant[]>): void {
    const before = this.#kept.get(arn)
    const isFull = before === undefined || before.size + read.size > kept.granteesOfKey
    if (isFull || before === nobody || read === nobody) this.#kept.set(arn, read)
    else for (const [grantee, grants] of read) before.set(grantee, grants)
  }
}

/** What is known of these grantees together; `undefined` where one of them was not asked about yet. */
function grantsIn(known: Known, grantees: readonly string[]): readonly Grant[] | undefined {
  if (known === nobody) return none
  let found = none
  for (const grantee of grantees) {
    const grants = known.get(grantee)
    if (grants === undefined) return undefined
    if (grants.length > 0) found = found.length === 0 ? grants : [...found, ...grants]
  }
  return found
}

/** Quotas keep it short. */
const everything = Number.MAX_SAFE_INTEGER

/** A stored grant as the engine reads it. */
export function grantOf(record: GrantRecord): Grant {
  const {
    account: _account,
    region: _region,
    keyId: _keyId,
    createdAt: _createdAt,
    name: _name,
    ...grant
  } = record
  return grant
}
