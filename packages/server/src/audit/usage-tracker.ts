import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { keyArn } from '../keys/key.ts'
import type { KeyLastUsage, KeyLastUsages } from '../keys/key-last-usage.ts'
import type { KeyLastUsageTrackingOperation } from '../protocol/models/kms.ts'
import type { Change } from '../storage/store.ts'
import type { Journal } from './journal.ts'
import type { EventRecord } from './ledger.ts'
import { theUsageTracking } from './usage-tracking.ts'

/** Every operation that counts as a use of its keys; the model's list, which the compiler holds this to. */
const operations: Readonly<Record<KeyLastUsageTrackingOperation, true>> = {
  Decapsulate: true,
  Decrypt: true,
  DeriveSharedSecret: true,
  Encapsulate: true,
  Encrypt: true,
  GenerateDataKey: true,
  GenerateDataKeyPair: true,
  GenerateDataKeyPairWithoutPlaintext: true,
  GenerateDataKeyWithoutPlaintext: true,
  GenerateMac: true,
  ReEncrypt: true,
  Sign: true,
  Verify: true,
  VerifyMac: true,
}

/** How many usages go into one commit: few enough not to hold up the calls that come meanwhile. */
const batch = 1000

interface Start {
  readonly catalog: Catalog
  readonly journal: Journal
  readonly since: number
  readonly sequence: number
}

/**
 * When keys were last used. The journal has every use before its answer leaves, so nothing needs to be written for
 * this but now and then, to keep what has to be read again after a crash short.
 */
export class UsageTracker implements KeyLastUsages {
  readonly trackedSince: number
  readonly #catalog: Catalog
  readonly #journal: Journal
  /** The line up to which the stored usages account for everything. */
  #sequence: number
  /** Newer than what is stored, by the key's ARN. */
  #recent = new Map<string, KeyLastUsage>()
  /** Being stored right now. */
  #leaving: ReadonlyMap<string, KeyLastUsage> = new Map()

  private constructor({ catalog, journal, since, sequence }: Start) {
    this.#catalog = catalog
    this.#journal = journal
    this.trackedSince = since
    this.#sequence = sequence
  }

  /** Goes on where an earlier process stopped, whether it ended well or not. The first one reads all of the journal. */
  static async open(catalog: Catalog, journal: Journal, now: number): Promise<UsageTracker> {
    const stored = (await catalog.store.find('usageTracking', theUsageTracking))?.value
    const recent = new Map<string, KeyLastUsage>()
    let begun: number | undefined
    await journal.readAfter(stored?.sequence ?? 0, (record) => {
      begun ??= Date.parse((record as EventRecord).eventTime)
      noteIn(recent, record as EventRecord)
    })
    const since = stored?.since ?? begun ?? now
    const tracker = new UsageTracker({ catalog, journal, since, sequence: stored?.sequence ?? 0 })
    for (const [arn, usage] of recent) {
      // A journal that was put in the place of another tells of older things as well.
      const known = await tracker.find(usage)
      if (known === undefined || known.at <= usage.at) tracker.#recent.set(arn, usage)
    }
    return tracker
  }

  /** The line up to which nothing need be read again after a crash. */
  get writtenUpTo(): number {
    return this.#sequence
  }

  /** Takes in a record that is durable. */
  note(record: EventRecord): void {
    noteIn(this.#recent, record)
  }

  /** Takes in what `usagesIn` read from a record that is durable. */
  noteUsage(usage: KeyLastUsage): void {
    this.#recent.set(keyArn(usage), usage)
  }

  async find(key: Parameters<KeyLastUsages['find']>[0]): Promise<KeyLastUsage | undefined> {
    const arn = keyArn(key)
    const recent = this.#recent.get(arn) ?? this.#leaving.get(arn)
    if (recent !== undefined) return recent
    return (await this.#catalog.store.find('keyLastUsage', [key.account, key.region, key.keyId]))?.value
  }

  /** Stores what was noted since the last time. What cannot be stored now is tried again. */
  async write(): Promise<void> {
    const sequence = this.#journal.lastSequence()
    if (sequence === this.#sequence) return
    // Whoever was told that a record is durable notes it before the event loop turns: then all up to there are noted.
    await setImmediate()
    const leaving = this.#recent
    this.#recent = new Map()
    this.#leaving = leaving
    try {
      const value = { since: this.trackedSince, sequence }
      const changes: Change[] = [...(await this.#changes(leaving)), { put: 'usageTracking', value }]
      for (let at = 0; at < changes.length; at += batch) {
        await this.#catalog.commit(changes.slice(at, at + batch))
      }
      this.#sequence = sequence
    } catch (error) {
      this.#recent = new Map([...leaving, ...this.#recent])
      throw error
    } finally {
      this.#leaving = new Map()
    }
  }

  /** One for each key that is still there. */
  async #changes(usages: ReadonlyMap<string, KeyLastUsage>): Promise<Change[]> {
    const changes: Change[] = []
    for (const [arn, value] of usages) {
      if ((await this.#catalog.key(arn)) !== undefined) changes.push({ put: 'keyLastUsage', value })
    }
    return changes
  }
}

/** What a record says of keys being used; nothing, for one of a refusal or of another kind of operation. */
export function usagesIn(
  record: EventRecord,
  known?: ReadonlyMap<string, KeyLastUsage>,
): readonly KeyLastUsage[] {
  const { eventName, eventSource, errorCode, resources } = record
  if (eventSource !== 'kms.amazonaws.com' || errorCode !== undefined) return none
  if (!Object.hasOwn(operations, eventName as string)) return none
  return ((resources ?? []) as readonly { readonly ARN: string }[]).map(({ ARN }) => {
    const { account, region, keyId } = known?.get(ARN) ?? keyNamed(ARN)
    return {
      account,
      region,
      keyId,
      operation: eventName as KeyLastUsageTrackingOperation,
      at: timeOf(record),
      eventId: record.eventID,
      requestId: record.requestID as string,
    }
  })
}

const none: readonly KeyLastUsage[] = []

function noteIn(usages: Map<string, KeyLastUsage>, record: EventRecord): void {
  for (const usage of usagesIn(record, usages)) usages.set(keyArn(usage), usage)
}

function keyNamed(arn: string): Pick<KeyLastUsage, 'account' | 'region' | 'keyId'> {
  const [, , , region = '', account = '', resource = ''] = arn.split(':')
  return { account, region, keyId: resource.slice('key/'.length) }
}

/** Records of one second come one after the other, and their time is read once. */
function timeOf({ eventTime }: EventRecord): number {
  if (eventTime !== lastTime.text) lastTime = { text: eventTime, at: Date.parse(eventTime) }
  return lastTime.at
}

let lastTime = { text: '', at: Number.NaN }
