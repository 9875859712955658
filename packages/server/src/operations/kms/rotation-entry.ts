import type { Key } from '../../keys/key.ts'
import type { ImportedFacts, MaterialFacts } from '../../keys/material-facts.ts'
import type { RotationsListEntry } from '../../protocol/models/kms.ts'

/** A piece of a key's material as `ListKeyRotations` shows it; members that do not apply are left out, as AWS does. */
export function rotationEntry({ keyId }: Key, facts: MaterialFacts): RotationsListEntry {
  const { materialId, state, imported, rotatedAt, rotationType } = facts
  return {
    KeyId: keyId,
    KeyMaterialId: materialId,
    KeyMaterialState: state,
    ...(imported === undefined ? {} : importedMembers(imported)),
    ...(rotatedAt === undefined ? {} : { RotationDate: new Date(rotatedAt) }),
    ...(rotationType === undefined ? {} : { RotationType: rotationType }),
  }
}

function importedMembers({ present, description, expiresAt }: ImportedFacts): Partial<RotationsListEntry> {
  const described = description === undefined ? {} : { KeyMaterialDescription: description }
  if (!present) return { ...described, ImportState: 'PENDING_IMPORT' }
  return {
    ...described,
    ImportState: 'IMPORTED',
    ...(expiresAt === undefined
      ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
      : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(expiresAt) }),
  }
}
