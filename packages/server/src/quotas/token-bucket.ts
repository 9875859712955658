/** How far back a call's time may lie behind an earlier one's because they overlapped; beyond it, a clock was set. */
const overlapMs = 1000

/** One request is a thousand of what a bucket holds, so that a whole rate adds a whole number each millisecond. */
const perRequest = 1000

/** How full a bucket was, and when. */
export interface BucketState {
  readonly level: number
  readonly filledAt: number
}

/**
 * Lets so many requests through per second, and at most one second's worth at once. What a quiet second leaves is
 * the most that is ever saved up, so in any stretch of time no more pass than the rate allows and that once.
 */
export class TokenBucket {
  /** What a millisecond adds: the rate itself, in thousandths of a request. */
  readonly #rate: number
  readonly #full: number
  #level: number
  #filledAt: number

  /**
   * A full one, or one as `state` told it. A rate below one per second holds one request all the same, or none would
   * ever pass.
   */
  constructor(perSecond: number, now: number, state?: BucketState) {
    this.#rate = perSecond
    this.#full = Math.max(perSecond, 1) * perRequest
    this.#level = state?.level ?? this.#full
    this.#filledAt = state?.filledAt ?? now
  }

  /** What it is made anew from. */
  get state(): BucketState {
    return { level: this.#level, filledAt: this.#filledAt }
  }

  /** Whether so many requests may pass now. More at once than ever fit pass when the bucket is full. */
  has(requests: number, now: number): boolean {
    this.#fill(now)
    return this.#level >= this.#cost(requests)
  }

  /** Lets requests pass that `has` said may. */
  take(requests: number): void {
    this.#level -= this.#cost(requests)
  }

  #cost(requests: number): number {
    return Math.min(requests * perRequest, this.#full)
  }

  #fill(now: number): void {
    const elapsed = now - this.#filledAt
    if (elapsed > 0) this.#level = Math.min(this.#full, this.#level + elapsed * this.#rate)
    // A clock that was set back must not keep everybody waiting until it is where it was.
    if (elapsed > 0 || elapsed < -overlapMs) this.#filledAt = now
  }
}
