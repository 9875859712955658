import { invariant } from '../base/invariant.ts'
import { Refusal } from '../protocol/errors.ts'
import type { RotationType } from '../protocol/models/kms.ts'
import { type Key, keyArn, type Rotation } from './key.ts'
import { requireOrigin } from './key-origin.ts'
import { keyTypeOf } from './key-spec.ts'
import { currentMaterial, type MaterialFacts } from './material-facts.ts'
import { isPrimary, requirePrimary, settledState } from './multi-region.ts'

const dayMs = 86_400_000

/** AWS KMS API Reference, EnableKeyRotation. */
export const usualPeriodDays = 365

/** No rotation is asked for when one is about to happen anyway (AWS KMS API Reference, RotateKeyOnDemand). */
const aboutToHappenMs = 20 * 60_000

/** Whether keys like this may have several materials: symmetric encryption keys that are not in a custom key store. */
export function canRotate({ keySpec, origin }: Pick<Key, 'keySpec' | 'origin'>): boolean {
  return keyTypeOf(keySpec) === 'symmetric' && (origin === 'AWS_KMS' || origin === 'EXTERNAL')
}

/** @throws Refusal `UnsupportedOperationException` for keys that cannot rotate by the clock, or follow another key in it */
export function requireAutomaticRotation(key: Key): void {
  requireSymmetric(key)
  requireOrigin(key, 'AWS_KMS')
  if (!isPrimary(key)) requirePrimary(key)
}

/**
 * @throws Refusal `UnsupportedOperationException` for keys that never rotate or follow another key in it,
 *   `ConflictException` when the clock is about to do it, `KMSInvalidStateException` when there is nothing to rotate to
 */
export function requireRotationOnDemand(key: Key, now: number): void {
  requireSymmetric(key)
  requireOrigin(key, 'AWS_KMS', 'EXTERNAL')
  if (!isPrimary(key)) requirePrimary(key)
  if (key.rotation !== undefined && key.rotation.nextAt - now <= aboutToHappenMs) {
    throw new Refusal(
      'ConflictException',
      `An automatic rotation of ${keyArn(key)} is in progress or begins within 20 minutes.`,
    )
  }
  if (key.origin === 'EXTERNAL' && pendingMaterial(key) === undefined) {
    throw new Refusal(
      'KMSInvalidStateException',
      `No available key material pending rotation for the key: ${keyArn(key)}.`,
    )
  }
}

/** AWS gives no reason with this one. */
function requireSymmetric({ keySpec }: Key): void {
  if (keyTypeOf(keySpec) !== 'symmetric') throw new Refusal('UnsupportedOperationException')
}

/** The imported material that the next rotation makes the current one: it is here, and in every related Region. */
export function pendingMaterial({ materials }: Key): MaterialFacts | undefined {
  return materials.find(({ state }) => state === 'PENDING_ROTATION')
}

/** How often a key was rotated because somebody asked for it, which AWS allows only so often. */
export function rotationsOnDemand({ materials }: Key): number {
  return materials.filter(({ rotationType }) => rotationType === 'ON_DEMAND').length
}

/** Automatic rotation switched on, or begun anew with another period: the schedule counts from now. */
export function rotatingEvery(periodDays: number, now: number): Rotation {
  return { periodDays, nextAt: now + periodDays * dayMs }
}

/** A key without automatic rotation; what it has been rotated to stays. */
export function withoutRotation({ rotation: _rotation, ...key }: Key): Key {
  return key
}

/** A key whose current material is another: a new one, or one of its own that was pending. The others still open. */
export function rotated(
  key: Key,
  materialId: string,
  { at, type }: { readonly at: number; readonly type: RotationType },
): Key {
  const known = key.materials.find((facts) => facts.materialId === materialId)
  const others = key.materials.filter((facts) => facts !== known)
  const current: MaterialFacts = {
    ...(known ?? { materialId, createdAt: at }),
    state: 'CURRENT',
    rotatedAt: at,
    rotationType: type,
  }
  return {
    ...key,
    materials: [
      ...others.map((facts) =>
        facts.state === 'CURRENT' ? { ...facts, state: 'NON_CURRENT' as const } : facts,
      ),
      current,
    ],
  }
}

/** When a key is rotated by the clock: not while it is not enabled, and with the primary where it is a replica. */
export function rotationDue(key: Key): number | undefined {
  return key.keyState === 'Enabled' && isPrimary(key) ? key.rotation?.nextAt : undefined
}

/** Related keys, or one without relations, that were rotated because the primary's date had come: its schedule is theirs. */
export function rotatedByClock(
  related: readonly Key[],
  { rotation }: Pick<Key, 'rotation'>,
  { materialId, now }: { readonly materialId: string; readonly now: number },
): readonly Key[] {
  invariant(rotation !== undefined, 'a key that is rotated by the clock has a schedule')
  const next = { ...rotation, nextAt: nextRotation(rotation, now) }
  return related.map((key) => ({
    ...rotated(key, materialId, { at: now, type: 'AUTOMATIC' }),
    rotation: next,
  }))
}

/** The schedule goes on as it was. Dates that passed while nobody was there are one rotation together, not several. */
function nextRotation({ periodDays, nextAt }: Rotation, now: number): number {
  const period = periodDays * dayMs
  return nextAt + (Math.max(0, Math.floor((now - nextAt) / period)) + 1) * period
}

/**
 * A key that may be used again. One whose rotation date passed meanwhile is rotated at once, and its schedule counts
 * from then (AWS KMS Developer Guide, "Rotate AWS KMS keys"); one that lacks material goes on waiting for it.
 */
export function enabled(key: Key, now: number): Key {
  const { rotation } = key
  const overdue = rotation !== undefined && rotation.nextAt < now && isPrimary(key)
  return {
    ...key,
    keyState: settledState(key),
    ...(overdue ? { rotation: { ...rotation, nextAt: now } } : {}),
  }
}

/** What the service's own record of a rotation says, as CloudTrail has it. */
export function rotationDetails(before: Key, after: Key): Readonly<Record<string, string>> {
  const [previous, current] = [currentMaterial(before.materials), currentMaterial(after.materials)]
  return {
    ...(current?.rotationType && { rotationType: current.rotationType }),
    keyOrigin: after.origin,
    ...(previous && { previousKeyMaterialId: previous.materialId }),
    ...(current && { currentKeyMaterialId: current.materialId }),
    keyId: after.keyId,
  }
}
