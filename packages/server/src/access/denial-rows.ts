import type { Catalog } from '../catalog/catalog.ts'
import type { Change } from '../storage/store.ts'
import type { StoredDenial } from './stored-denial.ts'

/** How many denials are kept; older ones are forgotten. */
export const denialsMost = 10_000

/** The stored denials: never more than so many. One thread writes them, and so knows how many there are. */
export class DenialRows {
  readonly #catalog: Catalog
  readonly #most: number
  /** Unknown until first counted. */
  #stored: number | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(catalog: Catalog, most = denialsMost) {
    this.#catalog = catalog
    this.#most = most
  }

  /** Stores denials, and removes as many of the oldest as there are too many then. One call goes after the other. */
  write(rows: readonly StoredDenial[]): Promise<void> {
    const written = this.#writing.then(() => this.#write(rows))
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #write(rows: readonly StoredDenial[]): Promise<void> {
    const { store } = this.#catalog
    this.#stored ??= await store.count('denial', { prefix: [] })
    const excess = Math.max(0, this.#stored + rows.length - this.#most)
    const oldest = await store.list('denial', { index: 'time', prefix: [], limit: excess })
    const written = new Set(rows.map(({ requestId }) => requestId))
    const removed = oldest.filter(({ value }) => !written.has(value.requestId))
    await this.#catalog.commit([
      ...rows.map((value): Change => ({ put: 'denial', value })),
      ...removed.map(({ value }): Change => ({ remove: 'denial', key: [value.requestId] })),
    ])
    this.#stored += rows.length - removed.length
  }
}
