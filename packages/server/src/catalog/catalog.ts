import type { Grant } from '@claviger/policy'
import { type Soon, whenHere } from '../base/soon.ts'
import type { Alias } from '../keys/alias.ts'
import { type CustomKeyStore, effectiveState } from '../keys/custom-key-store.ts'
import { nextDue } from '../keys/due.ts'
import { type Key, keyArn } from '../keys/key.ts'
import { currentMaterial } from '../keys/material-facts.ts'
import { type CacheReading, CountedCache, LookUps } from '../metrics/counted-cache.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Change, Kind, Store, Stored, Unmoved } from '../storage/store.ts'
import { forgetPrincipals } from './forget-principals.ts'
import { Grants } from './grants.ts'
import type { KeyEntry, Material } from './key-entry.ts'
import { type KeyStoreEntry, KeyStores } from './key-stores.ts'
import { LastUses } from './last-uses.ts'
import { Organizations } from './organizations.ts'
import { Policies } from './policies.ts'
import { Principals } from './principals.ts'
import { Sessions } from './sessions.ts'

/** How many of each thing are kept ready; what is beyond is read again when next asked for. */
const kept = { keys: 100_000, aliases: 20_000 }

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
  readonly lastUses: LastUses
  readonly keyStores: KeyStores
  readonly #safe: Safe
  readonly #keys = new CountedCache<string, KeyEntry>('keys', kept.keys)
  readonly #aliases = new CountedCache<string, Stored<Alias>>('aliases', kept.aliases)
  readonly #grants: Grants
  readonly #materialLookUps = new LookUps()
  /** When the next key does something by itself, as far as anything since the last look says; nothing is due before. */
  #nextDueAt = 0
  /** Moves with every commit that may make something old: what was read under an older number is not kept. */
  #generation = 0

  constructor(store: Store, safe: Safe) {
    this.store = store
    this.#safe = safe
    this.lastUses = new LastUses(store, (changes) => this.commit(changes))
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
    if (changes.some(makesOld)) this.#generation += 1
    for (const change of changes) this.#forget(change)
  }

  #forget(change: Change): void {
    if ('unmoved' in change) return
    if ('put' in change && change.put === 'key') {
      this.#nextDueAt = Math.min(this.#nextDueAt, dueAt(change.value))
    }
    switch ('put' in change ? change.put : change.remove) {
      case 'key':
      case 'keyMaterial': {
        const [account = '', region = '', keyId = ''] = keyOf(change)
        this.#keys.delete(keyArn({ account, region, keyId }))
        return
      }
      case 'alias':
        this.#forgetAlias(change)
        return
      case 'grant': {
        const [account = '', region = '', keyId = ''] = keyOf(change)
        this.#grants.forget({ account, region, keyId })
        return
      }
      case 'customKeyStore':
        this.#forgetKeyStore(change)
        return
      case 'organization':
        this.organizations.forget()
        return
      case 'managedPolicy':
        this.sessions.forgetManagedPolicies()
        forgetPrincipals(change, this.principals)
        return
      default:
        forgetPrincipals(change, this.principals)
        return
    }
  }

  /** A key store shows in the entries of its keys: in their state. */
  #forgetKeyStore(change: Written): void {
    const [account = '', region = '', storeId = ''] =
      'remove' in change ? change.key : keyOfStore(change.value as CustomKeyStore)
    this.keyStores.forget({ account, region, storeId })
    for (const [arn, { key }] of this.#keys.entries()) {
      if (key.keyStore?.storeId === storeId) this.#keys.delete(arn)
    }
  }

  /** An alias shows in the entries of its old and its new target. */
  #forgetAlias(change: Written): void {
    const [account = '', region = '', name = ''] =
      'remove' in change ? change.key : keyOfAlias(change.value as Alias)
    this.#aliases.delete(`${account} ${region} ${name}`)
    for (const [arn, { key, aliasNames }] of this.#keys.entries()) {
      if (key.account === account && key.region === region && aliasNames.includes(name))
        this.#keys.delete(arn)
    }
    if ('put' in change)
      this.#keys.delete(keyArn({ account, region, keyId: (change.value as Alias).targetKeyId }))
  }
}

type Written = Exclude<Change, Unmoved<Kind>>

/** Kinds that nothing kept here is made of: what was read while one was written is as good as before. */
const unread: ReadonlySet<Kind> = new Set([
  'denial',
  'keyLastUsage',
  'lastUse',
  'pendingRecord',
  'usageTracking',
])

/** Whether what was read before a change may be old after it. */
function makesOld(change: Change): boolean {
  return !('unmoved' in change) && !unread.has('put' in change ? change.put : change.remove)
}

const dueAt = (key: Key | undefined) => (key && nextDue(key)?.at) ?? Number.POSITIVE_INFINITY

function keyOfAlias(alias: Alias): readonly string[] {
  return [alias.account, alias.region, alias.name]
}

function keyOfStore({ account, region, storeId }: CustomKeyStore): readonly string[] {
  return [account, region, storeId]
}

/** The key that a change of a key, its material or its grants is about. */
function keyOf(change: Written): readonly string[] {
  if ('remove' in change) return change.key
  const value = change.value as Pick<Key, 'account' | 'region' | 'keyId'>
  return [value.account, value.region, value.keyId]
}
