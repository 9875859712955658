import { LRUCache } from 'lru-cache'
import { isNews, type Uses } from '../catalog/last-uses.ts'
import type { LastUse } from '../identity/last-use.ts'
import type { Line } from './line.ts'
import type { OwnerAnswers } from './messages.ts'

/** Things of which this thread remembers what it has told; of what is beyond, the owner is told once more. */
const toldMost = 20_000

/** When access keys and roles were last used: told to the owner, who writes it, as rarely as it need be. */
export class RemoteUses implements Uses {
  readonly #owner: Line<OwnerAnswers>
  readonly #told = new LRUCache<string, LastUse>({ max: toldMost })

  constructor(owner: Line<OwnerAnswers>) {
    this.#owner = owner
  }

  note(use: LastUse): void {
    if (!isNews(use, this.#told.get(use.id))) return
    this.#told.set(use.id, use)
    this.#owner.tell('noteUse', use)
  }

  find(id: string): Promise<LastUse | undefined> {
    return this.#owner.ask('findUse', id)
  }

  async write(): Promise<void> {
    // The owner does.
  }
}
