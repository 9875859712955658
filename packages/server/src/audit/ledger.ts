import type { Catalog } from '../catalog/catalog.ts'
import type { Change } from '../storage/store.ts'
import type { Journal } from './journal.ts'

/** A change was made, and the journal would not take its record. It will be recorded; its answer is lost. */
export class Unrecorded extends Error {
  override readonly name = 'Unrecorded'
}

/** A record as the ledger needs to see it. */
export interface EventRecord {
  readonly eventID: string
  readonly eventTime: string
  readonly [member: string]: unknown
}

/** Where calls have their changes made, and everything recorded. */
export interface Ledger {
  /**
   * Records something that changed nothing, in one record or several. Resolves when they are durable; then the answer
   * may leave.
   */
  append(...records: readonly EventRecord[]): Promise<unknown>

  /**
   * Makes changes and records them, in one record or several. Nothing is changed while the journal does not take
   * records.
   *
   * @throws VersionMoved with nothing changed or recorded
   * @throws Unrecorded with the changes made, when their record has to wait
   */
  commit(changes: readonly Change[], ...records: readonly EventRecord[]): Promise<void>
}

/**
 * Keeps changes and their records together. A change and its record are two files on disk, and a crash can come
 * between; so a change is committed with its record beside it, and the record stays there until the journal has
 * it. What a crash or a full disk kept out of the journal is put in at the next chance: no change goes unrecorded.
 */
export class JournalLedger implements Ledger {
  readonly #catalog: Catalog
  readonly #journal: Journal
  readonly #onRecorded: (record: EventRecord) => void
  /** Records that the journal has; their rows are removed with the next commit. */
  #settled: string[] = []
  /** Records of changes that were made, which the journal would not take. */
  readonly #owed = new Map<string, EventRecord>()
  #paying: Promise<void> | undefined

  /** @param onRecorded told of every record as soon as the journal has it for good */
  constructor(
    catalog: Catalog,
    journal: Journal,
    onRecorded: (record: EventRecord) => void = () => undefined,
  ) {
    this.#catalog = catalog
    this.#journal = journal
    this.#onRecorded = onRecorded
  }

  /** How many changes were made whose records the journal has not taken yet. */
  get owed(): number {
    return this.#owed.size
  }

  append(...records: readonly EventRecord[]): Promise<unknown> {
    if (this.#owed.size === 0) return this.#recordAll(records)
    return this.#payOwed().then(() => this.#recordAll(records))
  }

  /** Records what another thread has made records of, each as JSON. Whoever noted what they say does so themselves. */
  async appendWritten(records: readonly string[]): Promise<void> {
    if (this.#owed.size > 0) await this.#payOwed()
    await this.#journal.appendWritten(records)
  }

  async commit(changes: readonly Change[], ...records: readonly EventRecord[]): Promise<void> {
    if (this.#owed.size > 0) await this.#payOwed()
    const settled = this.#settled.splice(0)
    try {
      await this.#catalog.commit([
        ...changes,
        ...records.map(
          (record): Change => ({ put: 'pendingRecord', value: { eventId: record.eventID, record } }),
        ),
        ...settled.map(removalOf),
      ])
    } catch (error) {
      this.#settled.push(...settled)
      throw error
    }
    const appended = await Promise.allSettled(records.map((record) => this.#appendCommitted(record)))
    for (const each of appended) if (each.status === 'rejected') throw each.reason
  }

  async #appendCommitted(record: EventRecord): Promise<void> {
    try {
      await this.#record(record)
      this.#settled.push(record.eventID)
    } catch (cause) {
      this.#owed.set(record.eventID, record)
      throw new Unrecorded('a change was made whose record the journal did not take', { cause })
    }
  }

  /** Puts into the journal what an earlier process committed and did not get to record. */
  async recover(): Promise<number> {
    const stored = await this.#catalog.store.list('pendingRecord', {
      prefix: [],
      limit: Number.MAX_SAFE_INTEGER,
    })
    const records = stored.map(({ value }) => value.record as EventRecord)
    const present = await this.#journal.findEvents(records)
    for (const record of records) {
      if (present.has(record.eventID)) this.#settled.push(record.eventID)
      else this.#owed.set(record.eventID, record)
    }
    const owed = this.#owed.size
    await this.#payOwed()
    await this.settle()
    return owed
  }

  /** Removes the rows of records that the journal has: now and then, and before the store is closed. */
  async settle(): Promise<void> {
    const settled = this.#settled.splice(0)
    if (settled.length > 0) await this.#catalog.commit(settled.map(removalOf))
  }

  /** Puts into the journal what it is owed. Calls that find it owing at the same time wait for one attempt. */
  #payOwed(): Promise<void> {
    this.#paying ??= this.#pay().finally(() => {
      this.#paying = undefined
    })
    return this.#paying
  }

  async #pay(): Promise<void> {
    for (const [eventId, record] of [...this.#owed]) {
      await this.#record(record)
      this.#owed.delete(eventId)
      this.#settled.push(eventId)
    }
  }

  #recordAll(records: readonly EventRecord[]): Promise<unknown> {
    const [record] = records
    // One, but for a few calls.
    if (record !== undefined && records.length === 1) return this.#record(record)
    return Promise.all(records.map((each) => this.#record(each)))
  }

  #record(record: EventRecord): Promise<void> {
    return this.#journal.append(record).then(() => this.#onRecorded(record))
  }
}

function removalOf(eventId: string): Change {
  return { remove: 'pendingRecord', key: [eventId] }
}
