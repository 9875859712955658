import type { EventRecord, Ledger } from '../audit/ledger.ts'
import { jsonOf } from '../audit/record-text.ts'
import { usagesIn } from '../audit/usage-tracker.ts'
import type { Change } from '../storage/store.ts'
import type { Line } from './line.ts'
import type { OwnerAnswers } from './messages.ts'
import { usageText } from './usage-text.ts'

interface Batch {
  readonly records: string[]
  readonly usages: string[]
  readonly done: Promise<void>
}

/**
 * The ledger, kept by the owner. What the calls of one turn of the event loop have recorded goes to it together. A
 * change and its record go as one, so that no worker can end between the two.
 */
export class RemoteLedger implements Ledger {
  readonly #owner: Line<OwnerAnswers>
  readonly #catchUp: () => void
  #batch: Batch | undefined

  /** @param catchUp has this worker forget what commits have changed by now */
  constructor(owner: Line<OwnerAnswers>, catchUp: () => void) {
    this.#owner = owner
    this.#catchUp = catchUp
  }

  append(...records: readonly EventRecord[]): Promise<void> {
    this.#batch ??= this.#newBatch()
    const batch = this.#batch
    for (const record of records) {
      batch.records.push(jsonOf(record))
      for (const usage of usagesIn(record)) batch.usages.push(usageText(usage))
    }
    return batch.done
  }

  async commit(changes: readonly Change[], ...records: readonly EventRecord[]): Promise<void> {
    try {
      await this.#owner.ask('commit', changes, records)
    } finally {
      // Also when somebody was faster: what is decided anew is decided by what is there now.
      this.#catchUp()
    }
  }

  #newBatch(): Batch {
    const records: string[] = []
    const usages: string[] = []
    const done = new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#batch = undefined
        this.#owner.ask('append', records.join('\n'), usages.join('\n')).then(resolve, reject)
      })
    })
    return { records, usages, done }
  }
}
