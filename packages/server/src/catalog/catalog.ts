import type { Grant } from '@claviger/policy'
import { type Soon, whenHere } from '../base/soon.ts'
import type { Alias } from '../keys/alias.ts'
import { type CustomKeyStore, effectiveState } from '../keys/custom-key-store.ts'
import { nextDue } from '../keys/due.ts'
import { type Key, keyArn } from '../keys/key.ts'
import { currentMaterial } from '../keys/material-facts.ts'
import { type CacheReading, CountedCache, LookUps } from '../metrics/counted-cache.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Change, Store, Stored } from '../storage/store.ts'
import { forgetPrincipals } from './forget-principals.ts'
import { Grants } from './grants.ts'
import type { KeyEntry, Material } from './key-entry.ts'
import { type KeyStoreEntry, KeyStores } from './key-stores.ts'
import { LastUses, type Uses } from './last-uses.ts'
import { Organizations } from './organizations.ts'
import { Policies } from './policies.ts'
import { Principals } from './principals.ts'
import { Sessions } from './sessions.ts'
import { type Touched, touchedBy } from './touched.ts'

/** How many of each thing are kept ready; what is beyond is read again when next asked for. */
const kept = { keys: 100_000, aliases: 20_000 }

/** What a catalog has to do with those of other threads. */
interface Shared {
  /** When access keys and roles were last used, where another thread keeps that. */
  readonly lastUses?: Uses
  /** Told of what a commit has changed, before its answer can leave. */
  readonly onTouched?: (touched: readonly Touched[]) => void
}

/**
 * What calls read, kept in memory: keys with compiled policies, principals, aliases, grants by grantee. Everything
 * written goes through `commit`, which forgets what it changed before the writer's answer can leave; so no call
 * that starts after an answered change is decided by the old state.
 */
export class Catalog {
  readonly store: Store
  readonly policies = new Policies()
  readonly principals: Principals
  readonly sessions: Sessions
  readonly organizations: Organizations
  readonly lastUses: Uses
  readonly keyStores: KeyStores
  readonly #safe: Safe
  readonly #keys = new CountedCache<string, KeyEntry>('keys', kept.keys)
  readonly #aliases = new CountedCache<string, Stored<Alias>>('aliases', kept.aliases)
  readonly #onTouched: (touched: readonly Touched[]) => void
  readonly #grants: Grants
  readonly #materialLookUps = new LookUps()
  /** When the next key does something by itself, as far as anything since the last look says; nothing is due before. */
  #nextDueAt = 0
  /** Moves with every commit that may make something old: what was read under an older number is not kept. */
  #generation = 0

  constructor(store: Store, safe: Safe, { lastUses, onTouched = () => undefined }: Shared = {}) {
    this.store = store
    this.#safe = safe
    this.#onTouched = onTouched
    this.lastUses = lastUses ?? new LastUses(store, (changes) => this.commit(changes))
    this.principals = new Principals({
      store,
      safe,
      policies: this.policies,
      generation: () => this.#generation,
    })
    this.sessions = new Sessions({
      store,
      safe,
      policies: this.policies,
      principals: this.principals,
      generation: () => this.#generation,
    })
    this.organizations = new Organizations({
      store,
      policies: this.policies,
      generation: () => this.#generation,
    })
    this.#grants = new Grants({ store, generation: () => this.#generation })
    this.keyStores = new KeyStores({ store, safe, generation: () => this.#generation })
  }

  /** The key with this ARN. */
  key(arn: string): Soon<KeyEntry | undefined> {
    return this.#keys.get(arn) ?? this.#readKey(arn)
  }

  /** Whether something may be due by now. Costs a comparison, so every call can ask. */
  hasDueKeys(now: number): boolean {
    return this.#nextDueAt <= now
  }

  /** Keys that are due by now, at most so many; an empty answer is remembered as the date of the next. */
  async dueKeys(now: number, limit: number): Promise<readonly Stored<Key>[]> {
    const generation = this.#generation
    const due = await this.store.list('key', { index: 'due', prefix: [], upTo: now, limit })
    if (due.length === 0) {
      const [next] = await this.store.list('key', { index: 'due', prefix: [], limit: 1 })
      if (generation === this.#generation) {
        this.#nextDueAt = dueAt(next?.value)
      }
    }
    return due
  }

  async #readKey(arn: string): Promise<KeyEntry | undefined> {
    const generation = this.#generation
    const [, , , region = '', account = '', resource = ''] = arn.split(':')
    const keyId = resource.slice('key/'.length)
    const stored = await this.store.find('key', [account, region, keyId])
    if (stored === undefined) return undefined
    const aliases = await this.store.list('alias', {
      index: 'target',
      prefix: [account, region, keyId],
      limit: Number.MAX_SAFE_INTEGER,
    })
    const aliasNames = aliases.map((alias) => alias.value.name)
    const { keyStore } = stored.value
    const entry = this.entryOf(
      stored,
      aliasNames,
      keyStore && (await this.keyStores.find({ account, region, storeId: keyStore.storeId })),
    )
    if (generation === this.#generation) this.#keys.set(arn, entry)
    return entry
  }

  /** A key made ready, whether it is stored already or is to be. */
  entryOf(stored: Stored<Key>, aliasNames: readonly string[], keyStore?: KeyStoreEntry): KeyEntry {
    return {
      stored,
      key: stored.value,
      arn: keyArn(stored.value),
      state: effectiveState(stored.value, keyStore?.store.connection),
      keyStore,
      currentMaterialId: currentMaterial(stored.value.materials)?.materialId,
      policy: this.policies.ofKey(stored.value.policy),
      aliasNames,
      tags: new Map(stored.value.tags.map((tag) => [tag.key.toLowerCase(), tag.value])),
      materials: new Map(),
    }
  }

  /** A key's opened material. Unwrapping is done once per key and process, not per call. */
  material(entry: KeyEntry, materialId: string): Soon<Material | undefined> {
    const ready = entry.materials.get(materialId)
    if (ready === undefined) return this.#readMaterial(entry, materialId)
    this.#materialLookUps.hits += 1
    return ready
  }

  async #readMaterial(entry: KeyEntry, materialId: string): Promise<Material | undefined> {
    this.#materialLookUps.misses += 1
    const { account, region, keyId } = entry.key
    const stored = await this.store.find('keyMaterial', [account, region, keyId, materialId])
    if (stored === undefined) return undefined
    const material = { materialId, ...this.#safe.openMaterial(stored.value) }
    entry.materials.set(materialId, material)
    return material
  }

  alias(account: string, region: string, name: string): Soon<Alias | undefined> {
    return whenHere(this.storedAlias(account, region, name), (stored) => stored?.value)
  }

  storedAlias(account: string, region: string, name: string): Soon<Stored<Alias> | undefined> {
    return this.#aliases.get(`${account} ${region} ${name}`) ?? this.#readAlias(account, region, name)
  }

  async #readAlias(account: string, region: string, name: string): Promise<Stored<Alias> | undefined> {
    const place = `${account} ${region} ${name}`
    const generation = this.#generation
    const stored = await this.store.find('alias', [account, region, name])
    if (stored !== undefined && generation === this.#generation) this.#aliases.set(place, stored)
    return stored
  }

  /** The grants on a key whose grantee is one of these names; found by grantee, however many the key has. */
  grants(entry: KeyEntry, grantees: readonly string[]): Soon<readonly Grant[]> {
    return this.#grants.find(entry, grantees)
  }

  /** How well what is kept serves. */
  caches(): readonly CacheReading[] {
    return [
      this.#keys.reading(),
      this.#aliases.reading(),
      this.#grants.reading(),
      { name: 'key_material', ...this.#materialLookUps, size: undefined },
      ...this.policies.caches(),
      ...this.principals.caches(),
      this.sessions.cache(),
      this.organizations.cache(),
      this.keyStores.cache(),
    ]
  }

  /** Writes all of it durably, or refuses all of it; then nothing kept is older than what was written. */
  async commit(changes: readonly Change[]): Promise<void> {
    await this.store.commit(changes)
    const touched = touchedBy(changes)
    if (touched.length === 0) return
    this.forget(touched)
    this.#onTouched(touched)
  }

  /** Some of what is kept was changed, here or by another thread: it is read again when next asked for. */
  forget(all: readonly Touched[]): void {
    this.#generation += 1
    for (const touched of all) this.#forget(touched)
  }

  #forget(touched: Touched): void {
    const { kind, key, dueAt = Number.POSITIVE_INFINITY } = touched
    const [account = '', region = '', name = ''] = key
    this.#nextDueAt = Math.min(this.#nextDueAt, dueAt)
    switch (kind) {
      case 'key':
      case 'keyMaterial':
        this.#keys.delete(keyArn({ account, region, keyId: name }))
        return
      case 'alias':
        this.#forgetAlias({ account, region, name }, touched.targetKeyId)
        return
      case 'grant':
        this.#grants.forget({ account, region, keyId: name })
        return
      case 'customKeyStore':
        this.#forgetKeyStore({ account, region, storeId: name })
        return
      case 'organization':
        this.organizations.forget()
        return
      case 'managedPolicy':
        this.sessions.forgetManagedPolicies()
        forgetPrincipals(touched, this.principals)
        return
      default:
        forgetPrincipals(touched, this.principals)
        return
    }
  }

  /** A key store shows in the entries of its keys: in their state. */
  #forgetKeyStore(place: Pick<CustomKeyStore, 'account' | 'region' | 'storeId'>): void {
    this.keyStores.forget(place)
    for (const [arn, { key }] of this.#keys.entries()) {
      if (key.keyStore?.storeId === place.storeId) this.#keys.delete(arn)
    }
  }

  /** An alias shows in the entries of its old and its new target. */
  #forgetAlias(
    { account, region, name }: Pick<Alias, 'account' | 'region' | 'name'>,
    targetKeyId: string | undefined,
  ): void {
    this.#aliases.delete(`${account} ${region} ${name}`)
    for (const [arn, { key, aliasNames }] of this.#keys.entries()) {
      if (key.account === account && key.region === region && aliasNames.includes(name))
        this.#keys.delete(arn)
    }
    if (targetKeyId !== undefined) this.#keys.delete(keyArn({ account, region, keyId: targetKeyId }))
  }
}

const dueAt = (key: Key | undefined) => (key && nextDue(key)?.at) ?? Number.POSITIVE_INFINITY
