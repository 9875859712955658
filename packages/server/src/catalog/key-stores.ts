import type { CustomKeyStore } from '../keys/custom-key-store.ts'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Store, Stored } from '../storage/store.ts'
import type { XksProxy } from '../xks/xks-proxies.ts'

/** A custom key store ready for use. */
export interface KeyStoreEntry {
  readonly stored: Stored<CustomKeyStore>
  readonly store: CustomKeyStore
  /** Whom to ask, credential and all; only for an external key store. */
  readonly proxy: XksProxy | undefined
}

/** Where a key store is found. */
type StorePlace = Pick<CustomKeyStore, 'account' | 'region' | 'storeId'>

/** The custom key stores that calls meet, kept in memory with their credentials opened. */
export class KeyStores {
  readonly #source: { readonly store: Store; readonly safe: Safe; readonly generation: () => number }
  readonly #ready = new CountedCache<string, KeyStoreEntry>('key_stores', 1_000)

  constructor(source: { readonly store: Store; readonly safe: Safe; readonly generation: () => number }) {
    this.#source = source
  }

  async find(place: StorePlace): Promise<KeyStoreEntry | undefined> {
    const ready = this.#ready.get(nameOf(place))
    if (ready !== undefined) return ready
    const { store, generation } = this.#source
    const before = generation()
    const stored = await store.find('customKeyStore', [place.account, place.region, place.storeId])
    if (stored === undefined) return undefined
    const entry = this.entryOf(stored)
    if (generation() === before) this.#ready.set(nameOf(place), entry)
    return entry
  }

  /** A key store made ready, whether it is stored already or is to be. */
  entryOf(stored: Stored<CustomKeyStore>): KeyStoreEntry {
    const { value: store } = stored
    if (store.type !== 'EXTERNAL_KEY_STORE') return { stored, store, proxy: undefined }
    const { endpoint, path, accessKeyId } = store.proxy
    const secretAccessKey = this.#source.safe.openKeyStoreSecret(store)
    const proxy = { endpoint, path, accessKeyId, secretAccessKey, region: store.region }
    return { stored, store, proxy }
  }

  cache(): CacheReading {
    return this.#ready.reading()
  }

  forget(place: StorePlace): void {
    this.#ready.delete(nameOf(place))
  }
}

function nameOf({ account, region, storeId }: StorePlace): string {
  return `${account} ${region} ${storeId}`
}
