import { invariant } from '../../../base/invariant.ts'
import type { KeyEntry } from '../../../catalog/key-entry.ts'
import { describeBlob } from '../../../crypto/ciphertext-blob.ts'
import {
  openInner,
  outerData,
  readExternalBlob,
  sealInner,
  writeExternalBlob,
} from '../../../crypto/external-blob.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type { ExternalKeyUse } from '../../../xks/xks-proxies.ts'
import { askProxy, occasionOf } from '../ask-proxy.ts'
import { currentSecret } from '../current-material.ts'
import type { Cipher, Use } from './cipher.ts'

/**
 * Keys in external key stores: first with the key's own material, then by the external key manager. The proxy sees
 * no plaintext, and we cannot open a ciphertext without it (AWS KMS Developer Guide, "External key stores": double
 * encryption).
 */
export const external: Cipher = {
  async encrypt(key, { plaintext, encryptionContext = {} }, use) {
    const { account, keyId } = key.key
    const { materialId, secret } = await currentSecret(key, use.parts)
    const sealing = { secret, encryptionContext, account, keyId, materialId }
    const { header, sealed } = sealInner(plaintext, sealing, use.parts.chance)
    const message = { plaintext: sealed, associatedData: outerData(header, encryptionContext) }
    const outer = await askProxy('use', () => use.parts.proxies.encrypt(useOf(key, use), message))
    return { blob: writeExternalBlob(header, outer), materialId }
  },

  async decrypt(key, { blob, encryptionContext = {} }, use) {
    const parts = readExternalBlob(blob)
    const materialId = describeBlob(blob)?.materialId
    if (parts === undefined || materialId === undefined) return undefined
    const secret = (await use.parts.catalog.material(key, materialId))?.secret
    if (secret === undefined) return undefined
    const { header, outer } = parts
    const message = { sealed: outer, associatedData: outerData(header, encryptionContext) }
    const sealed = await askProxy('use', () => use.parts.proxies.decrypt(useOf(key, use), message))
    const plaintext = openInner({ header, sealed }, { secret, encryptionContext })
    // The proxy had no objection, so this is no mistake of the caller's.
    if (plaintext === undefined) throw new Refusal('KMSInvalidStateException', notOurs)
    return { plaintext, materialId }
  },
}

const notOurs =
  'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.'

function useOf({ key, arn, keyStore }: KeyEntry, { call, operation }: Use): ExternalKeyUse {
  const proxy = keyStore?.proxy
  const keyId = key.keyStore?.xksKeyId
  invariant(
    proxy !== undefined && keyId !== undefined,
    'a key of an external key store that is used has a proxy',
  )
  return { proxy, keyId, occasion: occasionOf(call, operation, arn) }
}
