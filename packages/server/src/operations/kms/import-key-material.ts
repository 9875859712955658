import { relatedChanges } from '../../catalog/related-changes.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import { importedMaterial } from '../../crypto/imported-material.ts'
import { unwrap } from '../../crypto/key-wrapping.ts'
import type { NewMaterial } from '../../crypto/new-material.ts'
import { requireWrappedLength } from '../../keys/import-wrapping.ts'
import { keyPlace } from '../../keys/key.ts'
import { requireImportable, requireOneMaterial, withImported } from '../../keys/material-import.ts'
import { canRotate } from '../../keys/rotation.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { type KeySubject, onKey } from '../on-key.ts'
import type { Handling } from '../operation.ts'
import { requireExpiration, requireValidTo } from './import-expiration.ts'

type Input = KmsOperations['ImportKeyMaterial']['input']

export const importKeyMaterial = onKey({
  name: 'ImportKeyMaterial',
  summary: 'Gives a key material that was made elsewhere, for the first time or again.',
  check(input) {
    requireExpiration(input)
    if (input.ImportType !== 'NEW_KEY_MATERIAL' || input.KeyMaterialId === undefined) return
    throw new Refusal(
      'ValidationException',
      'KeyMaterialId cannot be specified if the ImportType is NEW_KEY_MATERIAL.',
    )
  },
  // Only what was sent: a policy may ask whether it was.
  facts: ({ ExpirationModel, ValidTo }) => ({
    ...(ExpirationModel === undefined ? {} : { expirationModel: ExpirationModel }),
    ...(ValidTo === undefined ? {} : { validTo: ValidTo.getTime() }),
  }),
  require(input, key, call) {
    requireImportable(key)
    requireValidTo(input, call.now)
    const { ImportType, KeyMaterialDescription, KeyMaterialId } = input
    requireOneMaterial(key.key, { ImportType, KeyMaterialDescription, KeyMaterialId })
  },
  async handle(handling) {
    const { input, subject, call, parts, changes } = handling
    const { key } = subject
    const material = await openMaterial(handling)
    const row = parts.safe.sealMaterial(keyPlace(key.key), material, call.now)
    material.secret.destroy()
    const before = await relatedKeys(key, parts.catalog)
    const related = before.map((entry) => entry.key)
    const after = withImported(related, key.key.region, {
      materialId: row.materialId,
      at: call.now,
      expiresAt: input.ValidTo?.getTime(),
      description: input.KeyMaterialDescription,
      importType: input.ImportType,
      expectedId: input.KeyMaterialId,
    })
    changes.include(relatedChanges(before, after))
    const { account, region, keyId, materialId } = row
    const stored = await parts.catalog.store.find('keyMaterial', [account, region, keyId, materialId])
    if (stored === undefined) changes.add('keyMaterial', row)
    else changes.replace('keyMaterial', stored, row)
    return { KeyId: key.arn, ...(canRotate(key.key) ? { KeyMaterialId: materialId } : {}) }
  },
})

/**
 * The material in a request, unwrapped and of the key's spec.
 *
 * @throws Refusal `InvalidImportTokenException`, `ExpiredImportTokenException`, `InvalidCiphertextException` for what does
 *   not unwrap, `IncorrectKeyMaterialException` for what is no material of this spec
 */
async function openMaterial({
  input,
  subject,
  call,
  parts: { safe },
}: Handling<Input, KeySubject>): Promise<NewMaterial> {
  const { key } = subject.key
  const opened = safe.openImportToken(input.ImportToken, keyPlace(key))
  if (opened === undefined) throw new Refusal('InvalidImportTokenException')
  const { privateKey, algorithm, validTo } = opened
  if (call.now >= validTo) throw new Refusal('ExpiredImportTokenException')
  requireWrappedLength(input.EncryptedKeyMaterial, opened)
  const brought = await unwrap(privateKey, algorithm, input.EncryptedKeyMaterial)
  privateKey.destroy()
  if (brought === undefined) throw new Refusal('InvalidCiphertextException')
  const material = importedMaterial(brought, key.keySpec)
  if (material?.secret !== brought) brought.destroy()
  if (material !== undefined) return material
  throw new Refusal(
    'IncorrectKeyMaterialException',
    `The key material in the request is no valid material for key spec ${key.keySpec}.`,
  )
}
