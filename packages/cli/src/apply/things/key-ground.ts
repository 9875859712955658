import type { KeyMetadata, KMS } from '@aws-sdk/client-kms'
import { orAbsent } from '../clients.ts'
import type { Installation, Place } from '../installation.ts'
import type { WantedAccount, WantedKey } from '../installation-file.ts'
import type { Json } from '../json.ts'
import { required } from './holders.ts'

/** What is needed to look at a key and to change it. */
export interface KeyGround {
  readonly wanted: WantedKey
  readonly account: WantedAccount
  readonly installation: Installation
  readonly place: Place | undefined
  readonly region: string
  readonly policy: Json | undefined
}

/** The key that a described one is in a Region, by its alias. */
export function keyIn(region: string, { place, wanted }: KeyGround): Promise<KeyMetadata | undefined> {
  return keyBehind(wanted.name, place?.kmsIn(region))
}

/** The key behind an alias. */
export async function keyBehind(alias: string, kms: KMS | undefined): Promise<KeyMetadata | undefined> {
  const found = await orAbsent(kms?.describeKey({ KeyId: `alias/${alias}` }), 'NotFoundException')
  return found?.KeyMetadata
}

/** The key, which is there by now. */
export async function keyOf(ground: KeyGround): Promise<KeyMetadata> {
  return required(await keyIn(ground.region, ground))()
}
