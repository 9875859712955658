import type { Soon } from '../base/soon.ts'
import type { Organization } from '../identity/organization.ts'
import { theOrganization } from '../identity/organization.ts'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'
import type { Store, Stored } from '../storage/store.ts'
import { type AccountPlace, readPlace } from './account-place.ts'
import type { Policies } from './policies.ts'

/** Accounts whose places are kept ready. */
const keptMost = 20_000

interface Ground {
  readonly store: Store
  readonly policies: Policies
  /** Moves with every commit: what was read under an older number may be old and is not kept. */
  readonly generation: () => number
}

/** The organization: where its accounts are, and which of its policies count for them. */
export class Organizations {
  readonly #ground: Ground
  readonly #places = new CountedCache<string, AccountPlace>('account_places', keptMost)

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Where an account is, with the policies that count there in the form that serves; `undefined` for no account of ours. */
  place(accountId: string): Soon<AccountPlace | undefined> {
    return this.#places.get(accountId) ?? this.#readAndKeep(accountId)
  }

  async #readAndKeep(accountId: string): Promise<AccountPlace | undefined> {
    const generation = this.#ground.generation()
    const place = await this.#readPlace(accountId)
    if (place !== undefined && generation === this.#ground.generation()) this.#places.set(accountId, place)
    return place
  }

  /** Reading takes several steps: when the organization was changed between them, it begins anew. */
  async #readPlace(accountId: string): Promise<AccountPlace | undefined> {
    for (;;) {
      const before = await this.organization()
      const [outcome] = await Promise.allSettled([readPlace(accountId, this.#ground)])
      if ((await this.organization())?.version !== before?.version) continue
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }
  }

  /** The organization as it is stored. Absent only before the first start is over. */
  async organization(): Promise<Stored<Organization> | undefined> {
    return this.#ground.store.find('organization', theOrganization)
  }

  cache(): CacheReading {
    return this.#places.reading()
  }

  /** Something of the organization has changed: no account's place is to be relied on. Every such change moves its row. */
  forget(): void {
    this.#places.clear()
  }
}
