import type { KeptDenials } from './access/kept-denials.ts'
import { type Clock, memoryOf } from './base/clock.ts'
import type { Touched } from './catalog/touched.ts'
import { SharedSignatures } from './http/shared-signatures.ts'
import { SharedGuesses } from './identity/code-guesses.ts'
import type { ThreadReadings } from './metrics/thread-readings.ts'
import type { OutsideFiles } from './outside.ts'
import { SharedBuckets } from './quotas/buckets.ts'
import type { Safe } from './root-key/safe.ts'
import { type LogLevel, settings as rows, type SettingName, type Settings } from './settings.ts'
import { type Owned, ownerAnswers } from './workers/owner-answers.ts'
import { requireFree } from './workers/require-free.ts'
import { newSharedMemory, type SharedMemory, tablesIn } from './workers/shared-memory.ts'
import { Workers } from './workers/workers.ts'

/** The owner's number among threads: workers count from one. */
const ownerThread = 0x7fffffff

/** What workers begin with, and what they ask for. */
export interface CrewGround extends Owned {
  readonly files: OutsideFiles
  readonly dataDir: string
  readonly safe: Safe
  readonly rememberedSince: number
}

/** The threads that serve, as the thread that owns everything sees them; none, where that one serves itself. */
export class Crew {
  readonly buckets: SharedBuckets | undefined
  readonly guesses: SharedGuesses | undefined
  readonly signatures: SharedSignatures | undefined
  readonly #settings: Settings
  readonly #memory: SharedMemory | undefined
  #workers: Workers | undefined

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings
    if (settings.workers === 1) return
    this.#memory = newSharedMemory(memoryOf(clock))
    const { buckets, guesses, signatures } = tablesIn(this.#memory, ownerThread)
    this.buckets = new SharedBuckets(buckets)
    this.guesses = new SharedGuesses(guesses)
    this.signatures = new SharedSignatures(signatures)
  }

  get isSeveral(): boolean {
    return this.#memory !== undefined
  }

  get workers(): Workers | undefined {
    return this.#workers
  }

  /** A commit has changed what they may keep in memory. */
  forget(touched: readonly Touched[]): void {
    this.#workers?.forget(touched)
  }

  /** A denial of whichever thread. One that a worker has not stored yet it is asked to store. */
  async findDenial(requestId: string, denials: KeptDenials): ReturnType<KeptDenials['find']> {
    const found = await denials.find(requestId)
    if (found !== undefined || this.#workers === undefined) return found
    await this.#workers.settleDenials()
    return denials.find(requestId)
  }

  /** What each worker tells of itself. */
  async readings(): Promise<readonly ThreadReadings[]> {
    return (await this.#workers?.readings()) ?? []
  }

  /** Has the workers serve; `undefined` where there are none. @throws CannotStart when an address cannot be had */
  async serve(ground: CrewGround): Promise<Workers | undefined> {
    const { files, log, lastUsages } = ground
    if (this.#memory === undefined) return undefined
    const beginning = {
      settings: withoutSecrets(this.#settings, ground.dataDir),
      files,
      rootKey: ground.safe.handOver(),
      memory: this.#memory,
      logLevel: log.level as LogLevel,
      rememberedSince: ground.rememberedSince,
      trackedSince: lastUsages.trackedSince,
    }
    const addresses = [this.#settings.listen, ...files.endpoints.flatMap(({ listen }) => listen ?? [])]
    for (const address of addresses) await requireFree(address)
    const count = this.#settings.workers
    // Known before the first of them answers anybody: its changes are told to all.
    this.#workers = new Workers({ count, beginning, answers: ownerAnswers(ground), log })
    await this.#workers.start()
    return this.#workers
  }

  async close(): Promise<void> {
    await this.#workers?.close()
  }
}

/** What workers are to know: nothing that is set by environment alone, since that is secret. */
function withoutSecrets(settings: Settings, dataDir: string): Settings {
  const known = Object.entries(settings).filter(([name]) => !('environmentOnly' in rows[name as SettingName]))
  return { ...(Object.fromEntries(known) as unknown as Settings), dataDir }
}
