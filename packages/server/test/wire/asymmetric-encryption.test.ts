import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import type { EncryptionAlgorithmSpec, KeySpec } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { answerOf, bytes, newKey, refused, type Serving, serve, textOf } from '../serving.ts'

let house: Serving
/** Keys for encryption, one of each spec: making an RSA key takes its time. */
const keys = new Map<KeySpec, { id: string; arn: string }>()
beforeAll(async () => {
  house = await serve()
  for (const spec of ['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2', 'SYMMETRIC_DEFAULT'] as const) {
    keys.set(spec, await newKey(house.root, { KeySpec: spec, KeyUsage: 'ENCRYPT_DECRYPT' }))
  }
}, 60_000)
afterAll(() => house.close())

function keyOf(spec: KeySpec) {
  const key = keys.get(spec)
  if (key === undefined) throw new Error(`there is a key of spec ${spec}`)
  return key
}

const rows = [
  ['RSA_2048', 'RSAES_OAEP_SHA_1', 214, 256],
  ['RSA_2048', 'RSAES_OAEP_SHA_256', 190, 256],
  ['RSA_3072', 'RSAES_OAEP_SHA_1', 342, 384],
  ['RSA_3072', 'RSAES_OAEP_SHA_256', 318, 384],
  ['RSA_4096', 'RSAES_OAEP_SHA_1', 470, 512],
  ['RSA_4096', 'RSAES_OAEP_SHA_256', 446, 512],
  ['SM2', 'SM2PKE', 1024, undefined],
] as const

const sha256 = { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const

describe('an asymmetric key', () => {
  test.each(rows)('of %s opens what was encrypted with %s', async (spec, algorithm, most, length) => {
    const { kms } = house.root
    const { id, arn } = keyOf(spec)
    const asked = { KeyId: id, EncryptionAlgorithm: algorithm }
    const Plaintext = new Uint8Array(most).fill(7)
    const sealed = await answerOf(kms.encrypt({ ...asked, Plaintext }))
    expect(sealed).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      EncryptionAlgorithm: algorithm,
      KeyId: arn,
    })
    if (length !== undefined) expect(sealed.CiphertextBlob).toHaveLength(length)
    const opened = await answerOf(kms.decrypt({ ...asked, CiphertextBlob: sealed.CiphertextBlob }))
    expect({ ...opened, Plaintext: Buffer.from(opened.Plaintext ?? []) }).toEqual({
      Plaintext: Buffer.from(Plaintext),
      EncryptionAlgorithm: algorithm,
      KeyId: arn,
    })
    await refused(
      kms.encrypt({ ...asked, Plaintext: new Uint8Array(most + 1) }),
      'ValidationException',
      `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`,
    )
  })

  test('opens what somebody else encrypted with its public half, far from here', async () => {
    const { kms } = house.root
    const { id } = keyOf('RSA_2048')
    const { PublicKey } = await kms.getPublicKey({ KeyId: id })
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const CiphertextBlob = publicEncrypt({ key, oaepHash: 'sha256', padding }, bytes('meet me at noon'))
    const { Plaintext } = await kms.decrypt({ KeyId: id, CiphertextBlob, ...sha256 })
    expect(textOf(Plaintext)).toBe('meet me at noon')
  })

  test('has to be named: its ciphertext says nothing of it', async () => {
    const { kms } = house.root
    const { CiphertextBlob } = await kms.encrypt({
      KeyId: keyOf('RSA_2048').id,
      Plaintext: bytes('a'),
      ...sha256,
    })
    await refused(kms.decrypt({ CiphertextBlob, ...sha256 }), 'ValidationException', 'KeyId must not be null')
    await refused(
      kms.reEncrypt({
        CiphertextBlob,
        SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        DestinationKeyId: keyOf('SYMMETRIC_DEFAULT').id,
      }),
      'ValidationException',
      'KeyId must not be null',
    )
  })

  test('has its algorithms and no others', async () => {
    const { kms } = house.root
    const encrypt = (spec: KeySpec, EncryptionAlgorithm?: EncryptionAlgorithmSpec) =>
      kms.encrypt({ KeyId: keyOf(spec).id, Plaintext: bytes('a'), EncryptionAlgorithm })
    const text = (algorithm: string, spec: string) =>
      `Algorithm ${algorithm} is incompatible with key spec ${spec}.`
    await refused(encrypt('RSA_2048'), 'InvalidKeyUsageException', text('SYMMETRIC_DEFAULT', 'RSA_2048'))
    await refused(encrypt('RSA_2048', 'SM2PKE'), 'InvalidKeyUsageException', text('SM2PKE', 'RSA_2048'))
    await refused(
      encrypt('SM2', 'RSAES_OAEP_SHA_1'),
      'InvalidKeyUsageException',
      text('RSAES_OAEP_SHA_1', 'SM2'),
    )
    await refused(
      kms.generateDataKey({ KeyId: keyOf('RSA_2048').id, KeySpec: 'AES_256' }),
      'InvalidKeyUsageException',
      text('SYMMETRIC_DEFAULT', 'RSA_2048'),
    )
  })

  test('takes no encryption context: it would bind nothing', async () => {
    const { kms } = house.root
    const asked = { KeyId: keyOf('RSA_2048').id, ...sha256 }
    const { CiphertextBlob } = await kms.encrypt({ ...asked, Plaintext: bytes('a'), EncryptionContext: {} })
    const text = 'EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.'
    const EncryptionContext = { Tenant: 'blue' }
    await refused(
      kms.encrypt({ ...asked, Plaintext: bytes('a'), EncryptionContext }),
      'ValidationException',
      text,
    )
    await refused(kms.decrypt({ ...asked, CiphertextBlob, EncryptionContext }), 'ValidationException', text)
    await refused(
      kms.reEncrypt({
        CiphertextBlob,
        SourceKeyId: asked.KeyId,
        SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: keyOf('SYMMETRIC_DEFAULT').id,
      }),
      'ValidationException',
      text,
    )
  })

  test('that was made for signing encrypts nothing', async () => {
    const { id, arn } = await newKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    const text = (operation: string) => `${arn} key usage is SIGN_VERIFY which is not valid for ${operation}.`
    const { kms } = house.root
    await refused(
      kms.encrypt({ KeyId: id, Plaintext: bytes('a'), ...sha256 }),
      'InvalidKeyUsageException',
      text('Encrypt'),
    )
    await refused(
      kms.decrypt({ KeyId: id, CiphertextBlob: new Uint8Array(256), ...sha256 }),
      'InvalidKeyUsageException',
      text('Decrypt'),
    )
  })
})

describe('what does not open is refused without a word why', () => {
  test('whether key, algorithm or ciphertext is another', async () => {
    const { kms } = house.root
    const asked = { KeyId: keyOf('RSA_2048').id, ...sha256 }
    const { CiphertextBlob } = await kms.encrypt({ ...asked, Plaintext: bytes('a') })
    const other = await newKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const changed = Buffer.from(CiphertextBlob ?? [])
    changed[100] = (changed[100] ?? 0) ^ 1
    const wrong = [
      { ...asked, KeyId: other.id, CiphertextBlob },
      { ...asked, KeyId: keyOf('RSA_4096').id, CiphertextBlob },
      { ...asked, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' as const, CiphertextBlob },
      { ...asked, CiphertextBlob: changed },
      { ...asked, CiphertextBlob: changed.subarray(1) },
      { ...asked, CiphertextBlob: new Uint8Array(256) },
      { ...asked, CiphertextBlob: bytes('junk') },
      // AWS reads the ciphertext first: the default algorithm has a form of its own, which this is not.
      { KeyId: asked.KeyId, CiphertextBlob },
      { KeyId: keyOf('SM2').id, EncryptionAlgorithm: 'SM2PKE' as const, CiphertextBlob },
    ]
    for (const call of wrong) await refused(kms.decrypt(call), 'InvalidCiphertextException', 'UnknownError')
  })

  test('and a symmetric ciphertext is no asymmetric one', async () => {
    const { kms } = house.root
    const symmetric = keyOf('SYMMETRIC_DEFAULT')
    const { CiphertextBlob } = await kms.encrypt({ KeyId: symmetric.id, Plaintext: bytes('a') })
    await refused(
      kms.decrypt({ CiphertextBlob, KeyId: keyOf('RSA_2048').id, ...sha256 }),
      'InvalidCiphertextException',
    )
    await refused(
      kms.decrypt({ CiphertextBlob, KeyId: keyOf('RSA_2048').id }),
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
    await refused(
      kms.decrypt({ CiphertextBlob, KeyId: symmetric.id, ...sha256 }),
      'InvalidKeyUsageException',
      'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.',
    )
  })
})

describe('ReEncrypt', () => {
  const kinds = [
    ['SYMMETRIC_DEFAULT', 'SYMMETRIC_DEFAULT'],
    ['RSA_2048', 'RSAES_OAEP_SHA_256'],
    ['SM2', 'SM2PKE'],
  ] as const
  const ways = kinds.flatMap((from) => kinds.map((to) => [...from, ...to] as const))

  test.each(ways)('brings a ciphertext of %s (%s) under %s (%s)', async (from, fromBy, to, toBy) => {
    const { kms } = house.root
    const [source, destination] = [keyOf(from), keyOf(to)]
    const Plaintext = bytes('meet me at noon')
    const sealed = await kms.encrypt({ KeyId: source.id, Plaintext, EncryptionAlgorithm: fromBy })
    const moved = await answerOf(
      kms.reEncrypt({
        CiphertextBlob: sealed.CiphertextBlob,
        SourceKeyId: source.id,
        SourceEncryptionAlgorithm: fromBy,
        DestinationKeyId: destination.id,
        DestinationEncryptionAlgorithm: toBy,
      }),
    )
    const materialId = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(moved).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: source.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: fromBy,
      DestinationEncryptionAlgorithm: toBy,
      ...(from === 'SYMMETRIC_DEFAULT' && { SourceKeyMaterialId: materialId }),
      ...(to === 'SYMMETRIC_DEFAULT' && { DestinationKeyMaterialId: materialId }),
    })
    const opened = await kms.decrypt({
      KeyId: destination.id,
      CiphertextBlob: moved.CiphertextBlob,
      EncryptionAlgorithm: toBy,
    })
    expect(textOf(opened.Plaintext)).toBe('meet me at noon')
  })

  test('refuses a plaintext that is too long for the key it is to be under', async () => {
    const { kms } = house.root
    const { CiphertextBlob } = await kms.encrypt({
      KeyId: keyOf('SYMMETRIC_DEFAULT').id,
      Plaintext: new Uint8Array(191),
    })
    await refused(
      kms.reEncrypt({
        CiphertextBlob,
        DestinationKeyId: keyOf('RSA_2048').id,
        DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      }),
      'ValidationException',
      'Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.',
    )
  })
})

test('a condition on the encryption algorithm lets through the one it names', async () => {
  const { id } = keyOf('RSA_2048')
  const user = await house.user('only-sha-256')
  await house.root.iam.putUserPolicy({
    UserName: 'only-sha-256',
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'kms:Encrypt',
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionAlgorithm': 'RSAES_OAEP_SHA_256' } },
      },
    }),
  })
  const encrypt = (EncryptionAlgorithm: EncryptionAlgorithmSpec) =>
    user.kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionAlgorithm })
  await encrypt('RSAES_OAEP_SHA_256')
  await refused(encrypt('RSAES_OAEP_SHA_1'), 'AccessDeniedException')
})

test('the journal tells of the algorithm, and of no key material where the ciphertext names none', async () => {
  const { kms } = house.root
  const asked = { KeyId: keyOf('RSA_2048').arn, ...sha256 }
  const { CiphertextBlob } = await kms.encrypt({ ...asked, Plaintext: bytes('hush') })
  const { $metadata } = await kms.decrypt({ ...asked, CiphertextBlob })
  const records = await recordsIn(house.dataDir)
  const record = records.find(({ requestID }) => requestID === $metadata.requestId)
  expect(record).toMatchObject({
    requestParameters: { keyId: asked.KeyId, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
    resources: [{ ARN: asked.KeyId }],
  })
  expect(record?.additionalEventData).not.toHaveProperty('keyMaterialId')
})
