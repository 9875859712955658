import type { SharedTable } from '../base/shared-table.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Remembered } from './presented-requests.ts'

/** Rows of a table for `SharedSignatures`: some 800 accepted in each of 300 seconds, with room between them. */
export const sharedSignaturesMost = 1 << 19

/** Signatures that were accepted by any thread, for as long as they could be presented again. */
export class SharedSignatures implements Remembered {
  readonly #table: SharedTable

  constructor(table: SharedTable) {
    this.#table = table
  }

  /** @throws Refusal when it is remembered already, or nothing more can be */
  remember(signature: string, { until, now }: { readonly until: number; readonly now: number }): void {
    this.#table.alone(() => {
      if (this.#table.find(signature) !== undefined) throw new Refusal('PresentedRequestUsedException')
      const isPut = this.#table.put(signature, { first: 0, second: until }, (row) => row.second < now)
      if (!isPut) throw new Refusal('ServiceUnavailableException')
    })
  }
}
