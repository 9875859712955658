import type { Call } from '../../call/call.ts'
import type { KeyStoreEntry } from '../../catalog/key-stores.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/** A key store of the caller's own account and Region; nobody works with another's. @throws Refusal */
export async function getKeyStore(
  storeId: string,
  call: Call,
  { catalog }: Pick<Parts, 'catalog'>,
): Promise<KeyStoreEntry> {
  const { account } = call.caller
  const found = await catalog.keyStores.find({ account, region: call.region, storeId })
  if (found !== undefined) return found
  throw new Refusal('CustomKeyStoreNotFoundException', `Custom key store ${storeId} does not exist`)
}

/** What the audit record tells of a key store beside its id. */
export function keyStoreFacts({ store }: KeyStoreEntry): Readonly<Record<string, string>> {
  return {
    customKeyStoreName: store.name,
    ...(store.type === 'AWS_CLOUDHSM' ? { clusterId: store.clusterId } : {}),
  }
}
