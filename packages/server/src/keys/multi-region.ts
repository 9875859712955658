import { invariant } from '../base/invariant.ts'
import { Refusal } from '../protocol/errors.ts'
import { type Key, keyArn, type RelatedRegions } from './key.ts'
import type { KeyState } from './key-state.ts'
import { isComplete, isPending, type MaterialFacts } from './material-facts.ts'

/**
 * How long a new replica is `Creating`, and a primary on its way to another Region `Updating`. AWS takes a few
 * seconds; all is done here when the call is answered, and the states last so that clients meet them.
 */
export const settlingMs = 1000

const dayMs = 86_400_000

/** Whether this is the key that related keys follow: the one that is replicated and rotated. So is a key without any. */
export function isPrimary({ region, related }: Pick<Key, 'region' | 'related'>): boolean {
  return related === undefined || related.primary === region
}

/** What kind of multi-Region key it is; nothing for a key of one Region. */
export function multiRegionKeyType(key: Pick<Key, 'region' | 'related'>): 'PRIMARY' | 'REPLICA' | undefined {
  if (key.related === undefined) return undefined
  return isPrimary(key) ? 'PRIMARY' : 'REPLICA'
}

/** @throws Refusal `UnsupportedOperationException` for replicas and for keys of one Region */
export function requirePrimary(key: Key): asserts key is Key & { readonly related: RelatedRegions } {
  if (multiRegionKeyType(key) === 'PRIMARY') return
  throw new Refusal('UnsupportedOperationException', `${keyArn(key)} is not a multi-region primary key.`)
}

/** @throws Refusal `AlreadyExistsException` when one of the related keys is in the Region already */
export function requireNoneIn(region: string, { keyId, related }: Key): void {
  if (related === undefined || !regionsOf(related).includes(region)) return
  throw new Refusal('AlreadyExistsException', `The multi-Region key ${keyId} is in Region ${region} already.`)
}

/** Where related keys are, the primary first. */
export function regionsOf({ primary, replicas }: RelatedRegions): readonly string[] {
  return [primary, ...replicas]
}

/** The Regions of related keys with one more replica. */
export function withReplica({ related, region: own }: Key, region: string): RelatedRegions {
  return { primary: related?.primary ?? own, replicas: [...(related?.replicas ?? []), region] }
}

/** The Regions of related keys with another of theirs as the primary's; the primary becomes a replica. */
export function withPrimary({ related, region: own }: Key, primary: string): RelatedRegions {
  const all = related === undefined ? [own] : regionsOf(related)
  return { primary, replicas: all.filter((region) => region !== primary) }
}

/**
 * One of related keys once the replica of a Region is gone. A primary that was to be deleted when it had no replica
 * any more begins its waiting period with the last of them (AWS KMS Developer Guide, "Deleting multi-Region keys").
 */
export function withoutReplica(key: Key, region: string, goneAt: number): Key {
  if (key.related === undefined) return key
  const related = { ...key.related, replicas: key.related.replicas.filter((each) => each !== region) }
  if (key.keyState !== 'PendingReplicaDeletion' || related.replicas.length > 0) return { ...key, related }
  const { pendingWindowDays, ...kept } = key
  invariant(
    pendingWindowDays !== undefined,
    'a key that waits for its replicas to go has a window for itself',
  )
  return { ...kept, related, keyState: 'PendingDeletion', deletionAt: goneAt + pendingWindowDays * dayMs }
}

/**
 * The material of a primary as a new replica has it: all of it, or, where it was imported, none of it yet. What could
 * have been rotated to has to wait until it is here too.
 */
export function replicatedMaterials(materials: readonly MaterialFacts[]): readonly MaterialFacts[] {
  return materials.map(({ imported, ...facts }) => {
    if (imported === undefined) return facts
    const { expiresAt: _expiresAt, ...kept } = imported
    const state = isPending(facts) ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' : facts.state
    return { ...facts, state, imported: { ...kept, present: false } }
  })
}

/** Whether it is in one of the states that pass by themselves. */
export function isSettling({ keyState }: Pick<Key, 'keyState'>): boolean {
  return keyState === 'Creating' || keyState === 'Updating'
}

/** The state that a key comes to when it has been made, or the primary has moved to it or from it. */
export function settledState({ materials }: Pick<Key, 'materials'>): KeyState {
  return isComplete(materials) ? 'Enabled' : 'PendingImport'
}
