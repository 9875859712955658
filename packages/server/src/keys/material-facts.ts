import type { KeyMaterialState, RotationType } from '../protocol/models/kms.ts'

/** What is known of one piece of a key's material beside its secret. Kept when the secret is gone. */
export interface MaterialFacts {
  /** 64 hex digits. */
  readonly materialId: string
  readonly state: KeyMaterialState
  readonly createdAt: number
  /** When it became the current one by a rotation, and by which kind; absent for a key's first material. */
  readonly rotatedAt?: number
  readonly rotationType?: RotationType
  /** Only for imported material. */
  readonly imported?: ImportedFacts
}

/** What goes with imported material: it may be absent for a while, and may expire. */
export interface ImportedFacts {
  /** Whether the secret is here: not before the first import, and not after it expired or was deleted. */
  readonly present: boolean
  readonly description?: string
  /** When the secret is deleted by itself; absent where it does not expire. */
  readonly expiresAt?: number
}

/** The material that encrypts, signs and answers today. */
export function currentMaterial(materials: readonly MaterialFacts[]): MaterialFacts | undefined {
  return materials.find(({ state }) => state === 'CURRENT')
}

/** Imported material that a key is not bound to yet: a rotation would make it the current one. */
export function isPending({ state }: MaterialFacts): boolean {
  return state === 'PENDING_ROTATION' || state === 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
}

/** The secret of every piece is here, unless it was imported and is not any more, or not yet. */
export function isPresent({ imported }: MaterialFacts): boolean {
  return imported?.present !== false
}

/** Whether all material that a key is bound to is here, and it has any: else there is something it could not open. */
export function isComplete(materials: readonly MaterialFacts[]): boolean {
  return materials.length > 0 && materials.every((facts) => isPending(facts) || isPresent(facts))
}
