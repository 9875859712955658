import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Enclave, register, testEnclave } from '../attestation/enclave.ts'
import { rootsFile } from '../attestation/roots-file.ts'
import { wrappedMaterial } from '../importing.ts'
import { bytes, type KMS, newKey, type Person, type Serving, serve } from '../serving.ts'
import { endpoint, startProxy, type TestProxy } from '../xks/proxy.ts'

/** A service in which everything of the KMS API can happen, and the words to have it happen. */
export interface World {
  readonly serving: Serving
  readonly root: Person
  readonly kms: KMS
  /** A new key's id. */
  key(input?: Parameters<KMS['createKey']>[0]): Promise<string>
  /** A new multi-Region key's id, and that of its replica in Ireland. */
  replicated(): Promise<string>
  /** Something encrypted under a key. */
  sealed(KeyId: string, EncryptionAlgorithm?: 'SYMMETRIC_DEFAULT' | 'RSAES_OAEP_SHA_256'): Promise<Uint8Array>
  /** Brings material to a key that was made for it. */
  bring(KeyId: string, material: Uint8Array, input?: object): Promise<object>
  /** The same as parameters of ImportKeyMaterial, for whoever wants to call it otherwise. */
  wrapped(KeyId: string, material: Uint8Array): Promise<object>
  /** The id of a key store that is connected to an external key manager; always the same. */
  externalStore(): Promise<string>
  /** The id of a new key in the external key manager. */
  externalKey(): string
  /** The parameter by which an enclave has an answer sealed for itself. */
  recipient(): { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256'; AttestationDocument: Uint8Array }
  close(): Promise<void>
}

export const ireland = 'eu-west-1'

export async function makeWorld(): Promise<World> {
  const enclave: Enclave = await testEnclave()
  const roots = await rootsFile(enclave)
  const proxy = await startProxy({ now: () => serving.clock.now() })
  const { host, port } = proxy.address
  const serving: Serving = await serve({
    regions: `us-east-1,${ireland}`,
    'attestation-roots': roots.path,
    'xks-addresses': `${new URL(endpoint).host}=${host}:${port}`,
    'xks-ca': join(import.meta.dirname, '../xks/ca.crt'),
    // Patient, so that a busy machine does not look like a slow proxy.
    'xks-time-limit': '10000',
  })
  let externalStore: Promise<string> | undefined
  const { root } = serving
  const { kms } = root
  return {
    serving,
    root,
    kms,
    key: async (input) => (await newKey(root, input)).id,
    async replicated() {
      const { id } = await newKey(root, { MultiRegion: true })
      await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
      serving.clock.advance(1000)
      return id
    },
    async sealed(KeyId, EncryptionAlgorithm) {
      const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('noon'), EncryptionAlgorithm })
      return CiphertextBlob ?? new Uint8Array()
    },
    wrapped: (KeyId, material) => wrappedMaterial(kms, KeyId, material),
    bring: async (KeyId, material, input = {}) =>
      kms.importKeyMaterial({ ...(await wrappedMaterial(kms, KeyId, material)), ...input }),
    externalStore() {
      externalStore ??= connected(kms, proxy)
      return externalStore
    },
    externalKey() {
      const id = randomUUID()
      proxy.newKey(id)
      return id
    },
    recipient: () => ({
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      AttestationDocument: enclave.document({ at: serving.clock.now(), pcrs: { 0: register(1) } }),
    }),
    async close() {
      await serving.close()
      await proxy.close()
      await roots.remove()
    },
  }
}

async function connected(kms: KMS, { path, credential }: TestProxy): Promise<string> {
  const { CustomKeyStoreId } = await kms.createCustomKeyStore({
    CustomKeyStoreName: 'external',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: endpoint,
    XksProxyUriPath: path,
    XksProxyAuthenticationCredential: credential,
  })
  await kms.connectCustomKeyStore({ CustomKeyStoreId })
  return String(CustomKeyStoreId)
}
