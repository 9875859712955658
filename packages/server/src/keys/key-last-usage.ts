import type { KeyLastUsageTrackingOperation } from '../protocol/models/kms.ts'
import type { Key } from './key.ts'

/** The last successful cryptographic operation with a key, as the audit journal has it. */
export interface KeyLastUsage {
  readonly account: string
  readonly region: string
  readonly keyId: string
  readonly operation: KeyLastUsageTrackingOperation
  /** To the second, as records are. */
  readonly at: number
  readonly eventId: string
  readonly requestId: string
}

/** Whoever knows when keys were last used. */
export interface KeyLastUsages {
  /** Since when it is known; what was before, nobody says. */
  readonly trackedSince: number
  /** `undefined` for a key that has not been used since. */
  find(key: Pick<Key, 'account' | 'region' | 'keyId'>): Promise<KeyLastUsage | undefined>
}

/** From when on uses of this key are known: from its beginning, if that is later. */
export function trackingStart({ createdAt }: Key, trackedSince: number): number {
  return Math.max(createdAt, trackedSince)
}

const dayMs = 86_400_000

/** How many whole days ago a key was last used, or began to be watched. */
export async function daysWithoutUsage(key: Key, now: number, usages: KeyLastUsages): Promise<number> {
  const since = (await usages.find(key))?.at ?? trackingStart(key, usages.trackedSince)
  return Math.max(0, Math.floor((now - since) / dayMs))
}
