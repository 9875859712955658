/** The header names of a head, in their order: one object for all heads over a connection that have the same. */
export class FieldNames {
  readonly all: readonly string[]
  readonly #places = new Map<string, number>()

  /** @param all each in lower case, and none twice */
  constructor(all: readonly string[]) {
    this.all = all
    for (const [place, name] of all.entries()) this.#places.set(name, place)
  }

  /** Where a name stands. */
  place(name: string): number | undefined {
    return this.#places.get(name)
  }
}

/**
 * Header values by lower-case name. The names are those of other heads as well, so that a head costs a list of its
 * values and no map of its own.
 */
export class HeadFields implements ReadonlyMap<string, string> {
  readonly names: FieldNames
  readonly #values: readonly string[]

  /** @param values in the order of the names */
  constructor(names: FieldNames, values: readonly string[]) {
    this.names = names
    this.#values = values
  }

  get size(): number {
    return this.names.all.length
  }

  get(name: string): string | undefined {
    const place = this.names.place(name)
    return place === undefined ? undefined : this.#values[place]
  }

  has(name: string): boolean {
    return this.names.place(name) !== undefined
  }

  keys(): MapIterator<string> {
    return this.#map().keys()
  }

  values(): MapIterator<string> {
    return this.#map().values()
  }

  entries(): MapIterator<[string, string]> {
    return this.#map().entries()
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  forEach(see: (value: string, name: string, fields: ReadonlyMap<string, string>) => void): void {
    for (const [name, value] of this.entries()) see(value, name, this)
  }

  #map(): Map<string, string> {
    return new Map(this.names.all.map((name, place) => [name, this.#values[place] ?? '']))
  }
}
