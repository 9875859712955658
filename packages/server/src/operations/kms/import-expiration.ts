import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'

type Expiration = Pick<KmsOperations['ImportKeyMaterial']['input'], 'ExpirationModel' | 'ValidTo'>

/** AWS KMS API Reference, ImportKeyMaterial: `ValidTo`. */
const validDaysMost = 365
const dayMs = 86_400_000

/** Material expires unless it is said not to, and then it must be said when; otherwise it must not. */
export function requireExpiration({ ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }: Expiration): void {
  const expires = ExpirationModel === 'KEY_MATERIAL_EXPIRES'
  if (expires === (ValidTo !== undefined)) return
  throw new Refusal(
    'ValidationException',
    expires
      ? 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'
      : 'A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
  )
}

/** @throws Refusal `ValidationException` for a date that has passed or is more than a year ahead */
export function requireValidTo({ ValidTo }: Expiration, now: number): void {
  if (ValidTo === undefined) return
  const aheadMs = ValidTo.getTime() - now
  if (aheadMs > 0 && aheadMs <= validDaysMost * dayMs) return
  throw new Refusal(
    'ValidationException',
    `The validTo date must be in the future, and at most ${validDaysMost} days from now.`,
  )
}
