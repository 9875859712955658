import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { material, type Subject, stateCalls } from '../conformance/state-calls.ts'
import { wrappedMaterial } from '../importing.ts'
import { allow, type KMS, newKey, rootArn, type Serving } from '../serving.ts'
import { externalStore, newExternalKey } from '../xks/key-stores.ts'
import type { TestProxy } from '../xks/proxy.ts'

/** Every KMS operation, used for what it is there for. */

/** What exercises are done in. */
export interface Gym {
  readonly house: Serving
  readonly proxy: TestProxy
  /** A parameter by which an answer is sealed for an enclave. */
  readonly recipient: () => NonNullable<Parameters<KMS['decrypt']>[0]['Recipient']>
}

/** Secrets that are brought along: of a kind that nobody meets by chance. */
const canary = (count = 48) => randomBytes(count)

const rsa = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const
const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const
const agreement = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' } as const
const encapsulation = { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' } as const

type Exercise = (kms: KMS, gym: Gym) => Promise<unknown>

/** Exercises with secrets in what is asked or answered, each of several operations. */
const withSecrets: readonly Exercise[] = [
  async (kms, { recipient, house }) => {
    const { id } = await newKey(house.root)
    const { id: other } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: canary() })
    await kms.decrypt({ CiphertextBlob })
    await kms.decrypt({ CiphertextBlob, Recipient: recipient() })
    await kms.reEncrypt({ CiphertextBlob, DestinationKeyId: other })
    await kms.generateDataKey({ KeyId: id, NumberOfBytes: 64 })
    await kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256', Recipient: recipient() })
    await kms.generateDataKeyWithoutPlaintext({ KeyId: id, NumberOfBytes: 64 })
    const pair = { KeyId: id, KeyPairSpec: 'ECC_NIST_P384' } as const
    await kms.generateDataKeyPair(pair)
    await kms.generateDataKeyPairWithoutPlaintext(pair)
    await kms.generateRandom({ NumberOfBytes: 64 })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, rsa)
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: canary(), EncryptionAlgorithm })
    await kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, mac)
    const message = { KeyId, Message: canary(), MacAlgorithm: 'HMAC_SHA_256' } as const
    const { Mac } = await kms.generateMac(message)
    await kms.verifyMac({ ...message, Mac })
    await kms.verifyMac({ ...message, Mac: canary(32) })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, signing)
    const message = { KeyId, Message: canary(), SigningAlgorithm: 'ECDSA_SHA_256' } as const
    const { Signature } = await kms.sign(message)
    await kms.verify({ ...message, Signature })
    await kms.verify({ ...message, Signature: canary() })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, agreement)
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const PublicKey = publicKey.export({ format: 'der', type: 'spki' })
    await kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, encapsulation)
    const how = { KeyId, EncapsulationAlgorithm: 'ML_KEM' } as const
    const { SharedSecretCiphertextBlob } = await kms.encapsulate(how)
    await kms.decapsulate({ ...how, SharedSecretCiphertextBlob })
  },
  async (kms, { house }) => {
    const { id: KeyId } = await newKey(house.root, { Origin: 'EXTERNAL' })
    await kms.importKeyMaterial(await wrappedMaterial(house.root.kms, KeyId, material))
    await kms.importKeyMaterial(await wrappedMaterial(house.root.kms, KeyId, canary(32)))
    await kms.importKeyMaterial(await wrappedMaterial(house.root.kms, KeyId, canary(33)))
    await kms.deleteImportedKeyMaterial({ KeyId })
  },
  async (kms, { house, proxy }) => {
    const input = externalStore(proxy)
    const { CustomKeyStoreId } = await house.root.kms.createCustomKeyStore(input)
    const store = { CustomKeyStoreId }
    await kms.createCustomKeyStore(input)
    await kms.connectCustomKeyStore(store)
    await house.root.kms.connectCustomKeyStore(store)
    const { id: KeyId } = await newExternalKey(house.root.kms, proxy, String(CustomKeyStoreId))
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: canary() })
    await kms.decrypt({ CiphertextBlob })
    await kms.generateDataKey({ KeyId, NumberOfBytes: 64 })
    await kms.disconnectCustomKeyStore(store)
    await kms.updateCustomKeyStore({ ...store, XksProxyAuthenticationCredential: proxy.credential })
    await kms.describeCustomKeyStores(store)
    await kms.deleteCustomKeyStore(store)
  },
  async (kms) => {
    const { CustomKeyStoreId } = await kms.createCustomKeyStore({
      CustomKeyStoreName: 'cluster',
      CloudHsmClusterId: 'cluster-2abcdefghijk',
      TrustAnchorCertificate: '-----BEGIN CERTIFICATE-----',
      KeyStorePassword: canary(12).toString('hex'),
    })
    await kms.updateCustomKeyStore({ CustomKeyStoreId, KeyStorePassword: canary(12).toString('hex') })
    await kms.deleteCustomKeyStore({ CustomKeyStoreId })
  },
]

/** Requests that are refused for how they are made, with secrets in what is wrong with them. */
const wrong: readonly Exercise[] = [
  (kms, { house }) =>
    newKey(house.root).then(({ id }) => kms.encrypt({ KeyId: id, Plaintext: canary(4097) })),
  (kms) => kms.decrypt({ CiphertextBlob: canary(7000) }),
  (kms) => kms.decrypt({ CiphertextBlob: canary(100) }),
  (kms, { proxy }) => {
    const RawSecretAccessKey = `${canary(40).toString('base64')}!`
    const XksProxyAuthenticationCredential = { ...proxy.credential, RawSecretAccessKey }
    return kms.createCustomKeyStore(externalStore(proxy, { XksProxyAuthenticationCredential }))
  },
  (kms) =>
    kms.createCustomKeyStore({ CustomKeyStoreName: 'a', KeyStorePassword: canary(40).toString('base64') }),
  (kms) => kms.retireGrant({ GrantToken: canary(60).toString('base64') }),
  (kms) =>
    kms.decrypt({
      CiphertextBlob: canary(60),
      Recipient: { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: canary(200) },
    }),
]

/** Operations that AWS's table of key states does not list, and that have no secrets. */
const others: readonly Exercise[] = [
  (kms) => kms.listKeys({}),
  (kms) => kms.listRetirableGrants({ RetiringPrincipal: rootArn }),
  (kms, { house }) => newKey(house.root).then(({ id }) => kms.getKeyLastUsage({ KeyId: id })),
  (kms) => kms.createKey({ Policy: allow(['kms:*'], { on: '*' }) }),
  (kms) => kms.createKey({}),
]

/** Everything there is to do with each operation: right, wrong, and as AWS's table of key states has it. */
export function exercises(): readonly Exercise[] {
  const stated = Object.values(stateCalls).map(({ kind, before, own, call }): Exercise => {
    return async (kms, { house }) => {
      const { id: KeyId, arn } = await newKey(house.root, kind)
      const made = { serving: house, kms: house.root.kms, region: 'us-east-1', KeyId, arn }
      const things = { ...(await before?.(made)), ...(await own?.(made)) }
      return call({ ...made, kms, made: things } satisfies Subject)
    }
  })
  return [...withSecrets, ...wrong, ...others, ...stated]
}
