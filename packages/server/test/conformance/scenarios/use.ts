import { bytes } from '../../serving.ts'
import type { World } from '../world.ts'
import { type Scenario, scenario } from './scenario.ts'

const rsa = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const
const oaep = 'RSAES_OAEP_SHA_256'
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const
const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const
const kem = { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' } as const
const agreeing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' } as const

const signed = { Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_256' } as const
const authenticated = { Message: bytes('noon'), MacAlgorithm: 'HMAC_SHA_256' } as const

const decrypting = async ({ key, sealed }: World) => ({ CiphertextBlob: await sealed(await key()) })
const dataKey = async ({ key }: World) => ({ KeyId: await key(), KeySpec: 'AES_256' as const })
const dataKeyPair = async ({ key }: World) => ({
  KeyId: await key(),
  KeyPairSpec: 'ECC_NIST_P256' as const,
})

async function deriving({ kms, key }: World) {
  const [KeyId, peer] = [await key(agreeing), await key(agreeing)]
  const { PublicKey } = await kms.getPublicKey({ KeyId: peer })
  return { KeyId, PublicKey, KeyAgreementAlgorithm: 'ECDH' as const }
}

/** Cryptographic operations. */
export const useScenarios: readonly Scenario[] = [
  scenario('Encrypt', 'always', [], async ({ kms, key }) =>
    kms.encrypt({ KeyId: await key(), Plaintext: bytes('noon') }),
  ),
  scenario('Decrypt', 'with a symmetric key', ['Plaintext', 'KeyMaterialId'], async (world) =>
    world.kms.decrypt(await decrypting(world)),
  ),
  scenario('Decrypt', 'with a pair', ['Plaintext'], async ({ kms, key, sealed }) => {
    const KeyId = await key(rsa)
    const CiphertextBlob = await sealed(KeyId, oaep)
    return kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm: oaep })
  }),
  scenario('Decrypt', 'for an enclave', ['CiphertextForRecipient'], async (world) =>
    world.kms.decrypt({ ...(await decrypting(world)), Recipient: world.recipient() }),
  ),
  scenario(
    'ReEncrypt',
    'between symmetric keys',
    ['SourceKeyMaterialId', 'DestinationKeyMaterialId'],
    async ({ kms, key, sealed }) =>
      kms.reEncrypt({ CiphertextBlob: await sealed(await key()), DestinationKeyId: await key() }),
  ),
  scenario('ReEncrypt', 'to a pair', ['SourceKeyMaterialId'], async ({ kms, key, sealed }) =>
    kms.reEncrypt({
      CiphertextBlob: await sealed(await key()),
      DestinationKeyId: await key(rsa),
      DestinationEncryptionAlgorithm: oaep,
    }),
  ),
  scenario('ReEncrypt', 'from a pair', ['DestinationKeyMaterialId'], async ({ kms, key, sealed }) => {
    const SourceKeyId = await key(rsa)
    return kms.reEncrypt({
      CiphertextBlob: await sealed(SourceKeyId, oaep),
      SourceKeyId,
      SourceEncryptionAlgorithm: oaep,
      DestinationKeyId: await key(),
    })
  }),
  scenario('GenerateDataKey', 'for the caller', ['Plaintext', 'KeyMaterialId'], async (world) =>
    world.kms.generateDataKey(await dataKey(world)),
  ),
  scenario('GenerateDataKey', 'for an enclave', ['CiphertextForRecipient'], async (world) =>
    world.kms.generateDataKey({ ...(await dataKey(world)), Recipient: world.recipient() }),
  ),
  scenario('GenerateDataKeyWithoutPlaintext', 'always', [], async (world) =>
    world.kms.generateDataKeyWithoutPlaintext(await dataKey(world)),
  ),
  scenario('GenerateDataKeyPair', 'for the caller', ['PrivateKeyPlaintext'], async (world) =>
    world.kms.generateDataKeyPair(await dataKeyPair(world)),
  ),
  // The model leaves the material's id out of the other two answers for enclaves, and says no such thing of this one.
  scenario('GenerateDataKeyPair', 'for an enclave', ['CiphertextForRecipient'], async (world) =>
    world.kms.generateDataKeyPair({ ...(await dataKeyPair(world)), Recipient: world.recipient() }),
  ),
  scenario('GenerateDataKeyPairWithoutPlaintext', 'always', [], async (world) =>
    world.kms.generateDataKeyPairWithoutPlaintext(await dataKeyPair(world)),
  ),
  scenario('GenerateRandom', 'for the caller', ['Plaintext'], ({ kms }) =>
    kms.generateRandom({ NumberOfBytes: 8 }),
  ),
  scenario('GenerateRandom', 'for an enclave', ['CiphertextForRecipient'], ({ kms, recipient }) =>
    kms.generateRandom({ NumberOfBytes: 8, Recipient: recipient() }),
  ),
  scenario('GenerateMac', 'always', [], async ({ kms, key }) =>
    kms.generateMac({ KeyId: await key(mac), ...authenticated }),
  ),
  scenario('VerifyMac', 'always', [], async ({ kms, key }) => {
    const KeyId = await key(mac)
    const { Mac } = await kms.generateMac({ KeyId, ...authenticated })
    return kms.verifyMac({ KeyId, Mac, ...authenticated })
  }),
  scenario('Sign', 'always', [], async ({ kms, key }) => kms.sign({ KeyId: await key(signing), ...signed })),
  scenario('Verify', 'always', [], async ({ kms, key }) => {
    const KeyId = await key(signing)
    const { Signature } = await kms.sign({ KeyId, ...signed })
    return kms.verify({ KeyId, Signature, ...signed })
  }),
  scenario('DeriveSharedSecret', 'for the caller', ['SharedSecret'], async (world) =>
    world.kms.deriveSharedSecret(await deriving(world)),
  ),
  scenario('DeriveSharedSecret', 'for an enclave', ['CiphertextForRecipient'], async (world) =>
    world.kms.deriveSharedSecret({ ...(await deriving(world)), Recipient: world.recipient() }),
  ),
  scenario('Encapsulate', 'always', [], async ({ kms, key }) =>
    kms.encapsulate({ KeyId: await key(kem), EncapsulationAlgorithm: 'ML_KEM' }),
  ),
  scenario('Decapsulate', 'always', [], async ({ kms, key }) => {
    const [KeyId, EncapsulationAlgorithm] = [await key(kem), 'ML_KEM' as const]
    const { SharedSecretCiphertextBlob } = await kms.encapsulate({ KeyId, EncapsulationAlgorithm })
    return kms.decapsulate({ KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm })
  }),
  ...(
    [
      ['EncryptionAlgorithms', rsa],
      ['SigningAlgorithms', signing],
      ['KeyAgreementAlgorithms', agreeing],
      ['EncapsulationAlgorithms', kem],
    ] as const
  ).map(([algorithms, input]) =>
    scenario('GetPublicKey', `of a key with ${algorithms}`, [algorithms], async ({ kms, key }) =>
      kms.getPublicKey({ KeyId: await key(input) }),
    ),
  ),
]
