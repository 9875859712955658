import type { Call } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { daysWithoutUsage } from '../../keys/key-last-usage.ts'
import type { Parts } from '../parts.ts'

/** What policies may ask before a key is disabled or deleted: how long nobody has used it. */
export async function usageFacts(
  { key }: KeyEntry,
  { now }: Call,
  { lastUsages }: Parts,
): Promise<RequestFacts> {
  return { daysWithoutUsage: await daysWithoutUsage(key, now, lastUsages) }
}
