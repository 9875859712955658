import { Refusal } from '../protocol/errors.ts'
import type { OriginType } from '../protocol/models/kms.ts'
import { type Key, keyArn } from './key.ts'

/** Refuses what cannot be done with a key whose material comes from elsewhere than these, as AWS words it. */
export function requireOrigin(key: Key, ...origins: readonly OriginType[]): void {
  if (origins.includes(key.origin)) return
  throw new Refusal(
    'UnsupportedOperationException',
    `${keyArn(key)} origin is ${key.origin} which is not valid for this operation.`,
  )
}
