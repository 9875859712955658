import { pack, unpack } from '../base/packed.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type Denial, type DenialRecord, denialRecord } from './denial-record.ts'
import { DenialRows, denialsMost } from './denial-rows.ts'
import type { StoredDenial } from './stored-denial.ts'

export interface KeptDenialsSettings {
  readonly catalog: Catalog
  /** How many denials are kept; older ones are forgotten. */
  readonly most?: number
  /** Where they are stored, if not by this thread itself. */
  readonly rows?: Pick<DenialRows, 'write'>
  /** Told when denials could not be kept. Nobody's call fails for it, or waits. */
  readonly onProblem: (cause: unknown) => void
}

/** Long enough for the answer to leave first and for denials to go together, short enough to lose little in a crash. */
const writtenAfterMs = 200

/** When they cannot be written, the next attempt is likely to fail as well. */
const triedAgainAfterMs = 10_000

/** Few enough that even a flood of denials takes the calls beside it a few hundredths of their time. */
const batch = 40

/**
 * Keeps the questions behind denials, so that who has nothing but a request id can ask why later. While a call is
 * answered nothing is done but noting a reference. Written a moment afterwards, as the question and not as its
 * explanation: that is made when somebody asks, so that being denied is no way to keep the service busy.
 */
export class KeptDenials {
  readonly #catalog: Catalog
  readonly #most: number
  readonly #rows: Pick<DenialRows, 'write'>
  readonly #onProblem: (cause: unknown) => void
  /** Not written yet, oldest first. */
  readonly #waiting = new Map<string, Denial>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor({ catalog, most = denialsMost, rows, onProblem }: KeptDenialsSettings) {
    this.#catalog = catalog
    this.#most = most
    this.#rows = rows ?? new DenialRows(catalog, most)
    this.#onProblem = onProblem
  }

  keep(denial: Denial): void {
    this.#waiting.set(denial.call.requestId, denial)
    if (this.#waiting.size > this.#most) this.#forgetOldest()
    this.#timer ??= this.#in(writtenAfterMs)
  }

  /** What was asked under this request id and denied, as long as it is kept. */
  async find(requestId: string): Promise<DenialRecord | undefined> {
    const denial = this.#waiting.get(requestId)
    if (denial !== undefined) return this.#recordOf(denial)
    const stored = await this.#catalog.store.find('denial', [requestId])
    return stored && unpack<DenialRecord>(stored.value.record)
  }

  /** Writes what is not written yet, if it can be written: before the store is closed. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#writing
    clearTimeout(this.#timer)
    try {
      while (this.#waiting.size > 0) await this.#writeBatch()
    } catch (cause) {
      this.#onProblem(cause)
    }
  }

  #in(delayMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#writing = this.#writeBatch().then(
        () => this.#goOn(writtenAfterMs),
        (cause) => {
          this.#onProblem(cause)
          this.#goOn(triedAgainAfterMs)
        },
      )
    }, delayMs)
    // Who stops the service settles; nobody stays alive for this.
    return timer.unref()
  }

  #goOn(delayMs: number): void {
    this.#timer = this.#waiting.size === 0 ? undefined : this.#in(delayMs)
  }

  #forgetOldest(): void {
    const [oldest] = this.#waiting.keys()
    if (oldest !== undefined) this.#waiting.delete(oldest)
  }

  /** Nothing for one that cannot be recorded, which must not keep others from being. */
  #recordOf(denial: Denial): DenialRecord | undefined {
    try {
      return denialRecord(denial, (form) => this.#catalog.policies.textOf(form))
    } catch (cause) {
      this.#onProblem(cause)
      return undefined
    }
  }

  async #writeBatch(): Promise<void> {
    const denials = [...this.#waiting].slice(0, batch)
    const rows = (await Promise.all(denials.map(([, denial]) => this.#rowOf(denial)))).flat()
    await this.#rows.write(rows)
    // One that was kept anew under its request id meanwhile still waits.
    for (const [requestId, denial] of denials) {
      if (this.#waiting.get(requestId) === denial) this.#waiting.delete(requestId)
    }
  }

  async #rowOf(denial: Denial): Promise<StoredDenial[]> {
    const record = this.#recordOf(denial)
    if (record === undefined) return []
    return [{ requestId: record.requestId, at: record.at, record: await pack(record) }]
  }
}
