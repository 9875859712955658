import { Refusal } from '../protocol/errors.ts'

/** How many are remembered: some 800 in a second. Beyond them nothing is believed, rather than something twice. */
const rememberedMost = 250_000

/** Signatures that were accepted, for as long as they could be presented again. */
export class RememberedSignatures {
  readonly #most: number
  readonly #untilBySignature = new Map<string, number>()
  /** The earliest at which one can be forgotten; nothing is looked for before. */
  #nextUntil = Number.POSITIVE_INFINITY

  constructor(most = rememberedMost) {
    this.#most = most
  }

  /** @throws Refusal when it is remembered already, or nothing more can be */
  remember(signature: string, { until, now }: { readonly until: number; readonly now: number }): void {
    if (this.#untilBySignature.has(signature)) throw new Refusal('PresentedRequestUsedException')
    if (this.#untilBySignature.size >= this.#most) this.#forget(now)
    if (this.#untilBySignature.size >= this.#most) throw new Refusal('ServiceUnavailableException')
    this.#untilBySignature.set(signature, until)
    this.#nextUntil = Math.min(this.#nextUntil, until)
  }

  #forget(now: number): void {
    if (this.#nextUntil >= now) return
    this.#nextUntil = Number.POSITIVE_INFINITY
    for (const [signature, until] of this.#untilBySignature) {
      if (until < now) this.#untilBySignature.delete(signature)
      else this.#nextUntil = Math.min(this.#nextUntil, until)
    }
  }
}
