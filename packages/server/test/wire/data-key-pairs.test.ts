import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { DataKeyPairSpec } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { answerOf, bytes, newKey, refused, type Serving, serve } from '../serving.ts'
import { valuesOf } from './key-uses.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const specs = valuesOf<DataKeyPairSpec>('DataKeyPairSpec')
const context = { Project: 'Alpha' }

/** The public half, worked out from the private one. */
function publicHalfOf(privateKey: Uint8Array | undefined): Buffer {
  const key = createPrivateKey({ key: Buffer.from(privateKey ?? []), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' })
}

describe('a data key pair', () => {
  test.each(specs)('of %s is a pair, and its private half opens again', async (KeyPairSpec) => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const asked = { KeyId: id, KeyPairSpec, EncryptionContext: context }
    const pair = await answerOf(kms.generateDataKeyPair(asked))
    const { KeyMetadata } = await kms.describeKey({ KeyId: id })
    expect(pair).toEqual({
      PrivateKeyCiphertextBlob: expect.any(Uint8Array),
      PrivateKeyPlaintext: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      KeyId: arn,
      KeyPairSpec,
      KeyMaterialId: KeyMetadata?.CurrentKeyMaterialId,
    })
    expect(publicHalfOf(pair.PrivateKeyPlaintext)).toEqual(Buffer.from(pair.PublicKey ?? []))
    expect(pair.PrivateKeyCiphertextBlob?.length).toBeLessThanOrEqual(6144)
    const sealed = { CiphertextBlob: pair.PrivateKeyCiphertextBlob, EncryptionContext: context }
    expect((await kms.decrypt(sealed)).Plaintext).toEqual(pair.PrivateKeyPlaintext)
    await refused(
      kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }),
      'InvalidCiphertextException',
    )
  })

  test('without plaintext is shown with its private half encrypted only', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const pair = await answerOf(
      kms.generateDataKeyPairWithoutPlaintext({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' }),
    )
    expect(pair).toEqual({
      PrivateKeyCiphertextBlob: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      KeyId: arn,
      KeyPairSpec: 'ECC_NIST_P256',
      KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob })
    const key = createPrivateKey({ key: Buffer.from(Plaintext ?? []), format: 'der', type: 'pkcs8' })
    const publicKey = createPublicKey({
      key: Buffer.from(pair.PublicKey ?? []),
      format: 'der',
      type: 'spki',
    })
    const signature = sign('sha256', bytes('meet me at noon'), key)
    expect(verify('sha256', bytes('meet me at noon'), publicKey, signature)).toBe(true)
  })

  test('is another one each time', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const asked = { KeyId: id, KeyPairSpec: 'ECC_NIST_EDWARDS25519' as const }
    const [one, other] = [await kms.generateDataKeyPair(asked), await kms.generateDataKeyPair(asked)]
    expect(one.PublicKey).not.toEqual(other.PublicKey)
  })

  test('is made under a symmetric encryption key and under no other', async () => {
    const { kms } = house.root
    const rsa = await newKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const mac = await newKey(house.root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const KeyPairSpec = 'ECC_NIST_P256'
    await refused(
      kms.generateDataKeyPair({ KeyId: rsa.id, KeyPairSpec }),
      'InvalidKeyUsageException',
      'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
    )
    await refused(
      kms.generateDataKeyPairWithoutPlaintext({ KeyId: mac.id, KeyPairSpec }),
      'InvalidKeyUsageException',
      `${mac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKeyPairWithoutPlaintext.`,
    )
  })

  test('is of a spec that AWS makes pairs of', async () => {
    const { id } = await newKey(house.root)
    const ask = (KeyPairSpec: DataKeyPairSpec) =>
      house.root.kms.generateDataKeyPair({ KeyId: id, KeyPairSpec })
    for (const spec of ['ML_DSA_44', 'RSA_1024']) {
      await refused(ask(spec as DataKeyPairSpec), 'ValidationException', /Member must satisfy enum value set/)
    }
  })
})

test('the journal tells of which spec a data key pair is, and its encryption context, but no key', async () => {
  const { id } = await newKey(house.root)
  const { $metadata } = await house.root.kms.generateDataKeyPair({
    KeyId: id,
    KeyPairSpec: 'ECC_NIST_P256',
    EncryptionContext: context,
  })
  const records = await recordsIn(house.dataDir)
  expect(records.find(({ requestID }) => requestID === $metadata.requestId)).toMatchObject({
    eventName: 'GenerateDataKeyPair',
    requestParameters: { keyId: id, keyPairSpec: 'ECC_NIST_P256', encryptionContext: context },
    responseElements: null,
    readOnly: true,
  })
})
