import { invariant } from '../base/invariant.ts'
import { Refusal } from '../protocol/errors.ts'
import type { ImportType } from '../protocol/models/kms.ts'
import { type Key, keyArn } from './key.ts'
import { requireOrigin } from './key-origin.ts'
import type { KeyState } from './key-state.ts'
import { isPending, isPresent, type MaterialFacts } from './material-facts.ts'
import { isPrimary, requirePrimary, settledState } from './multi-region.ts'
import { canRotate } from './rotation.ts'

/** One piece of material that somebody brings, and what they say of it. */
export interface BroughtMaterial {
  readonly materialId: string
  readonly at: number
  /** Absent where it does not expire. */
  readonly expiresAt?: number | undefined
  readonly description?: string | undefined
  /** Whether it is to be new to the key or known; without it, whichever is all that a key can take. */
  readonly importType?: ImportType | undefined
  /** Which one they take it to be. */
  readonly expectedId?: string | undefined
}

/**
 * Related keys, one of which gets material; for a key of one Region they are that key alone. All of them know of it
 * from then on, and it waits until each has it (AWS KMS Developer Guide, "Rotate AWS KMS keys": multi-Region keys).
 *
 * @throws Refusal `IncorrectKeyMaterialException` for other material than the key takes, `KMSInvalidStateException`
 *   while another is pending, `UnsupportedOperationException` for a replica that would get what the primary has not
 */
export function withImported(
  related: readonly Key[],
  region: string,
  brought: BroughtMaterial,
): readonly Key[] {
  const own = related.find((key) => key.region === region)
  invariant(own !== undefined, 'a key is one of those related to it')
  const known = own.materials.find(({ materialId }) => materialId === brought.materialId)
  requireExpected(own, brought, known)
  const facts = importedFacts(own, brought, known)
  return settled(
    related.map((key) =>
      key.region === region
        ? gaining(withFacts(key, facts))
        : known === undefined
          ? withFacts(key, absent(facts))
          : key,
    ),
  )
}

/**
 * Related keys, one of which loses the secret of a piece of material. What it was bound to is still known, so that it
 * can be brought again; what was only pending is forgotten, in every Region when the primary loses it.
 */
export function withoutSecret(related: readonly Key[], region: string, materialId: string): readonly Key[] {
  const isWithPrimary = related.some((key) => key.region === region && isPrimary(key))
  return settled(
    related.map((key) => {
      const lost = key.materials.find((facts) => facts.materialId === materialId)
      if (lost === undefined) return key
      if (isPending(lost) && isWithPrimary) {
        return { ...key, materials: key.materials.filter((facts) => facts !== lost) }
      }
      if (key.region !== region) return key
      const lacking = withFacts(key, absent(lost))
      return isPending(lost) ? lacking : losing(lacking)
    }),
  )
}

/** The piece of imported material that expires first. */
export function nextExpiry({
  materials,
}: Key): { readonly materialId: string; readonly at: number } | undefined {
  let next: { readonly materialId: string; readonly at: number } | undefined
  for (const { materialId, imported } of materials) {
    const at = imported?.present ? imported.expiresAt : undefined
    if (at !== undefined && (next === undefined || at < next.at)) next = { materialId, at }
  }
  return next
}

/** A key as far as importing is concerned; a `KeyEntry` is one. */
interface ImportedInto {
  readonly key: Key
  readonly arn: string
  readonly state: KeyState
}

const pendingDeletion: Readonly<Partial<Record<KeyState, string>>> = {
  PendingDeletion: 'pending deletion',
  PendingReplicaDeletion: 'pending replica deletion',
}

/**
 * @throws Refusal `UnsupportedOperationException` for keys whose material is not imported, `KMSInvalidStateException` for
 *   those that are to be deleted: AWS's table of key states says that this fails, and not with what
 */
export function requireImportable({ key, arn, state }: ImportedInto): void {
  requireOrigin(key, 'EXTERNAL')
  const pending = pendingDeletion[state]
  if (pending !== undefined) throw new Refusal('KMSInvalidStateException', `${arn} is ${pending}.`)
}

/** Members of ImportKeyMaterial that say which of several materials is meant: for keys that have but one, nothing to say. */
export function requireOneMaterial(
  key: Key,
  named: Readonly<Record<'ImportType' | 'KeyMaterialDescription' | 'KeyMaterialId', string | undefined>>,
): void {
  if (canRotate(key)) return
  const [member] = Object.entries(named).find(([, value]) => value !== undefined) ?? []
  if (member === undefined) return
  throw new Refusal(
    'UnsupportedOperationException',
    `${member} is supported for symmetric encryption keys only; the key spec of ${keyArn(key)} is ${key.keySpec}.`,
  )
}

function requireExpected(key: Key, brought: BroughtMaterial, known: MaterialFacts | undefined): void {
  const { materialId, importType, expectedId } = brought
  if (expectedId !== undefined && expectedId !== materialId) throw incorrect('is not the one named')
  const isFirst = key.materials.length === 0
  if (importType === 'NEW_KEY_MATERIAL' || (importType === undefined && isFirst)) {
    if (!isPrimary(key)) requirePrimary(key)
    if (known !== undefined) throw incorrect('is already associated with the key')
    requireNonePending(key, materialId)
  } else if (known === undefined) {
    throw incorrect('is not associated with the key')
  }
}

/** AWS's own words are not known. */
function incorrect(predicate: string): Refusal {
  return new Refusal('IncorrectKeyMaterialException', `The key material in the request ${predicate}.`)
}

function requireNonePending(key: Key, materialId: string): void {
  const pending = key.materials.find(isPending)
  if (pending === undefined) return
  throw new Refusal(
    'KMSInvalidStateException',
    `New key material (id: ${materialId}) cannot be imported into KMS key ${keyArn(key)}, because another key material (id: ${pending.materialId}) is pending rotation.`,
  )
}

/** The first material of a key is its current one; any other has to be rotated to. */
function importedFacts(
  { materials }: Key,
  { materialId, at, expiresAt, ...brought }: BroughtMaterial,
  known: MaterialFacts | undefined,
): MaterialFacts {
  const description = brought.description ?? known?.imported?.description
  return {
    ...(known ?? {
      materialId,
      createdAt: at,
      state: materials.length === 0 ? 'CURRENT' : 'PENDING_ROTATION',
    }),
    imported: {
      present: true,
      ...(description === undefined ? {} : { description }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  }
}

/** The same material where its secret is not: what it is called is known all the same. */
function absent({ imported: { description } = { present: false }, ...facts }: MaterialFacts): MaterialFacts {
  return { ...facts, imported: { present: false, ...(description === undefined ? {} : { description }) } }
}

function withFacts(key: Key, facts: MaterialFacts): Key {
  const at = key.materials.findIndex(({ materialId }) => materialId === facts.materialId)
  return {
    ...key,
    materials: at === -1 ? [...key.materials, facts] : key.materials.with(at, facts),
  }
}

/** A key that got material: it can be used when all is here. Being disabled is somebody's will, and no import undoes it. */
function gaining(key: Key): Key {
  const waits = key.keyState === 'Enabled' || key.keyState === 'PendingImport'
  return waits ? { ...key, keyState: settledState(key) } : key
}

/** A key that lost material of its own: it waits for it, unless it is to be deleted, or is not ready for anything yet. */
function losing({ settlesAt, ...key }: Key): Key {
  const isUsable = key.keyState === 'Enabled' || key.keyState === 'Disabled' || key.keyState === 'Updating'
  return isUsable ? { ...key, keyState: 'PendingImport' } : { ...key, ...(settlesAt && { settlesAt }) }
}

/** Related keys whose pending material may be rotated to as soon as every one of them has it, and not before. */
export function settled(related: readonly Key[]): readonly Key[] {
  const isReady = ({ materialId }: MaterialFacts) =>
    related.every(({ materials }) =>
      materials.some((facts) => facts.materialId === materialId && isPresent(facts)),
    )
  return related.map((key) => {
    const materials = key.materials.map((facts) => {
      if (!isPending(facts)) return facts
      const state = isReady(facts) ? 'PENDING_ROTATION' : 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
      return facts.state === state ? facts : ({ ...facts, state } as const)
    })
    return materials.every((facts, at) => facts === key.materials[at]) ? key : { ...key, materials }
  })
}
