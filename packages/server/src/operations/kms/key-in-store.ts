import type { Call } from '../../call/call.ts'
import type { KeyStoreEntry } from '../../catalog/key-stores.ts'
import type { KeyStoreLink } from '../../keys/key.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { ExternalKey } from '../../xks/answers.ts'
import type { Changes } from '../changes.ts'
import type { Parts } from '../parts.ts'
import { askProxy, occasionOf } from './ask-proxy.ts'
import { getKeyStore } from './find-key-store.ts'

type Input = KmsOperations['CreateKey']['input']

/** The origins whose keys are in a custom key store. */
const storeOrigins = new Set<string>(['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])

/** Refuses a request that says of a key store too little, too much, or what no key in one can be. */
export function requireStoreMembers(input: Input): void {
  const { Origin: origin = 'AWS_KMS', CustomKeyStoreId: storeId, XksKeyId: xksKeyId } = input
  const isInStore = storeOrigins.has(origin)
  const isExternal = origin === 'EXTERNAL_KEY_STORE'
  if (isInStore !== (storeId !== undefined)) {
    throw invalid(
      isInStore
        ? `CustomKeyStoreId is required for Origin ${origin}.`
        : `CustomKeyStoreId is not valid for Origin ${origin}.`,
    )
  }
  if (isExternal !== (xksKeyId !== undefined)) {
    throw invalid(`XksKeyId is ${isExternal ? 'required' : 'not valid'} for Origin ${origin}.`)
  }
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (isInStore && (spec !== 'SYMMETRIC_DEFAULT' || input.MultiRegion)) {
    throw new Refusal(
      'UnsupportedOperationException',
      'Custom key stores have symmetric encryption keys of a single Region only.',
    )
  }
}

const invalid = (sentence: string) => new Refusal('ValidationException', sentence)

/**
 * The key store that a new key is to be in, once it is clear that the key can be there; `undefined` for a key that
 * is ours alone. The key is made only if the key store is still as it is now.
 *
 * @throws Refusal
 */
export async function linkToStore(
  { CustomKeyStoreId: storeId, XksKeyId: xksKeyId, Origin: origin }: Input,
  call: Call,
  { parts, changes }: { readonly parts: Parts; readonly changes: Changes },
): Promise<KeyStoreLink | undefined> {
  if (storeId === undefined) return undefined
  const entry = await getKeyStore(storeId, call, parts)
  const { store, stored } = entry
  if (store.type !== origin) {
    throw invalid(`Origin ${origin} is not valid for a custom key store of type ${store.type}.`)
  }
  if (store.connection.state !== 'CONNECTED') {
    throw new Refusal(
      'CustomKeyStoreInvalidStateException',
      `Custom key store ${storeId} is not connected. Connect it and try the request again.`,
    )
  }
  if (xksKeyId !== undefined) await requireExternalKey(xksKeyId, entry, { call, parts })
  changes.hold('customKeyStore', [store.account, store.region, storeId], stored.version)
  return { storeId, ...(xksKeyId === undefined ? {} : { xksKeyId }) }
}

/** Refuses a key of the external key manager that has a key here already, is not there, or cannot do what is needed. */
async function requireExternalKey(
  xksKeyId: string,
  { store, proxy }: KeyStoreEntry,
  { call, parts }: { readonly call: Call; readonly parts: Parts },
): Promise<void> {
  const { account, region, storeId } = store
  const same = { index: 'xksKey', prefix: [account, region, `${storeId} ${xksKeyId}`] } as const
  if ((await parts.catalog.store.count('key', same)) > 0) {
    throw new Refusal(
      'XksKeyAlreadyInUseException',
      `XksKeyId ${xksKeyId} is in use by another key of this external key store.`,
    )
  }
  // Dots alone would lead a URL's path elsewhere, so no proxy has keys of such names.
  if (proxy === undefined || /^\.{1,2}$/.test(xksKeyId)) throw new Refusal('XksKeyNotFoundException')
  const occasion = occasionOf(call, 'CreateKey')
  requireFit(
    await askProxy('createKey', () => parts.proxies.describeKey({ proxy, keyId: xksKeyId, occasion })),
  )
}

function requireFit({ spec, usages, status }: ExternalKey): void {
  if (spec !== 'AES_256') {
    throw unfit(
      `The key spec of the external key must be AES_256. The key spec of specified external key is ${spec}.`,
    )
  }
  if (status !== 'ENABLED') {
    throw unfit(
      `The status of the external key must be ENABLED. The status of specified external key is ${status}.`,
    )
  }
  if (!usages.includes('ENCRYPT') || !usages.includes('DECRYPT')) {
    const found = usages.join(', ')
    throw unfit(
      `The key usage of the external key must include ENCRYPT and DECRYPT. The key use of specified external key is ${found}.`,
    )
  }
}

const unfit = (sentence: string) => new Refusal('XksKeyInvalidConfigurationException', sentence)
