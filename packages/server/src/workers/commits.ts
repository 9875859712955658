/** How many commits there were that changed what may be kept in memory somewhere; every thread sees the number at once. */
export class Commits {
  readonly #count: Int32Array
  #seen = 0

  constructor(memory: SharedArrayBuffer) {
    this.#count = new Int32Array(memory)
  }

  /** One more. What it has changed was told to all threads before. */
  add(): void {
    Atomics.add(this.#count, 0, 1)
  }

  /** Whether there were any since the last time. Cheap enough to ask on every request: some nanoseconds. */
  hasMore(): boolean {
    const count = Atomics.load(this.#count, 0)
    if (count === this.#seen) return false
    this.#seen = count
    return true
  }
}
