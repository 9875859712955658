import { createHash, createPublicKey, type VerifyKeyObjectInput, verify as verifyBySpki } from 'node:crypto'
import type { KeySpec, SigningAlgorithmSpec } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, answerOf, bytes, denial, newKey, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const message = bytes('what was agreed')

const signingKey = (KeySpec: KeySpec) => newKey(house.root, { KeySpec, KeyUsage: 'SIGN_VERIFY' })

async function publicKeyOf(KeyId: string) {
  const { PublicKey } = await house.root.kms.getPublicKey({ KeyId })
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
}

const sha = (bits: string, bytes: Uint8Array) => createHash(`sha${bits}`).update(bytes).digest()

/** Keys, what they sign with, and how somebody without us verifies it. */
const signers: readonly [KeySpec, SigningAlgorithmSpec, hash: string | null, object][] = [
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256', { padding: 6, saltLength: 32 }],
  ['RSA_3072', 'RSASSA_PSS_SHA_384', 'sha384', { padding: 6, saltLength: 48 }],
  ['RSA_4096', 'RSASSA_PSS_SHA_512', 'sha512', { padding: 6, saltLength: 64 }],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256', {}],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384', {}],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512', {}],
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', {}],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384', {}],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512', {}],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256', {}],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', null, {}],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256', null, {}],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256', null, {}],
  ['ML_DSA_87', 'ML_DSA_SHAKE_256', null, {}],
]

describe('a signature', () => {
  test.each(signers)('by %s with %s verifies here, and elsewhere with the public key', async (...signer) => {
    const [spec, SigningAlgorithm, hash, options] = signer
    const { kms } = house.root
    const { id, arn } = await signingKey(spec)
    const { Signature, ...shown } = await answerOf(
      kms.sign({ KeyId: id, Message: message, SigningAlgorithm }),
    )
    expect(shown).toEqual({ KeyId: arn, SigningAlgorithm })
    const verified = await answerOf(kms.verify({ KeyId: id, Message: message, Signature, SigningAlgorithm }))
    expect(verified).toEqual({ KeyId: arn, SignatureValid: true, SigningAlgorithm })
    const key: VerifyKeyObjectInput = { key: await publicKeyOf(id), ...options }
    expect(verifyBySpki(hash, message, key, Signature ?? message)).toBe(true)
  })

  test.each(
    signers.filter(([, , hash]) => hash !== null),
  )('by %s with %s is the same whether we are given the message or its hash', async (...signer) => {
    const [spec, SigningAlgorithm, hash, options] = signer
    const { kms } = house.root
    const { id: KeyId } = await signingKey(spec)
    const digest = {
      Message: createHash(String(hash)).update(message).digest(),
      MessageType: 'DIGEST',
    } as const
    const whole = { Message: message, MessageType: 'RAW' } as const
    for (const [signed, shown] of [
      [digest, whole],
      [whole, digest],
      [digest, digest],
    ] as const) {
      const { Signature } = await kms.sign({ KeyId, ...signed, SigningAlgorithm })
      const { SignatureValid } = await kms.verify({ KeyId, ...shown, Signature, SigningAlgorithm })
      expect(SignatureValid).toBe(true)
      const key: VerifyKeyObjectInput = { key: await publicKeyOf(KeyId), ...options }
      expect(verifyBySpki(hash, message, key, Signature ?? message)).toBe(true)
    }
  })

  test('of ML-DSA over µ verifies as one over the message', async () => {
    const { kms } = house.root
    const { id: KeyId } = await signingKey('ML_DSA_65')
    const key = await publicKeyOf(KeyId)
    const shake = (...parts: Uint8Array[]) =>
      createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
    // FIPS 204 §6.2, with the empty context that AWS KMS signs with.
    const mu = shake(shake(key.export({ format: 'raw-public' })), Buffer.of(0, 0), message)
    const SigningAlgorithm = 'ML_DSA_SHAKE_256'
    const { Signature } = await kms.sign({ KeyId, Message: mu, MessageType: 'EXTERNAL_MU', SigningAlgorithm })
    expect(verifyBySpki(null, message, key, Signature ?? message)).toBe(true)
    await kms.verify({ KeyId, Message: message, Signature, SigningAlgorithm })
    await kms.verify({ KeyId, Message: mu, MessageType: 'EXTERNAL_MU', Signature, SigningAlgorithm })
  })

  test('of Ed25519ph is made of the hash as its message, which it hashes once more, as AWS does', async () => {
    const { kms } = house.root
    const { id: KeyId } = await signingKey('ECC_NIST_EDWARDS25519')
    const SigningAlgorithm = 'ED25519_PH_SHA_512'
    const digest = { Message: sha('512', message), MessageType: 'DIGEST' } as const
    const { Signature } = await kms.sign({ KeyId, ...digest, SigningAlgorithm })
    expect((await kms.verify({ KeyId, ...digest, Signature, SigningAlgorithm })).SignatureValid).toBe(true)
    const { ed25519ph } = await import('@noble/curves/ed25519.js')
    const point = (await publicKeyOf(KeyId)).export({ format: 'raw-public' })
    expect(ed25519ph.verify(Signature ?? message, digest.Message, point)).toBe(true)
    expect(ed25519ph.verify(Signature ?? message, message, point)).toBe(false)
  })

  test('of SM2 verifies here', async () => {
    const { kms } = house.root
    const { id: KeyId } = await signingKey('SM2')
    const SigningAlgorithm = 'SM2DSA'
    const { Signature } = await kms.sign({ KeyId, Message: message, SigningAlgorithm })
    expect((await kms.verify({ KeyId, Message: message, Signature, SigningAlgorithm })).SignatureValid).toBe(
      true,
    )
  })

  test('that is not this key’s, of this message, with this algorithm, is refused without a word', async () => {
    const { kms } = house.root
    const [one, other] = [await signingKey('RSA_2048'), await signingKey('RSA_2048')]
    const signed = { KeyId: one.id, Message: message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' } as const
    const { Signature } = await kms.sign(signed)
    const wrongs = [
      { ...signed, Signature, Message: bytes('something else') },
      { ...signed, Signature, KeyId: other.id },
      { ...signed, Signature, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' },
      { ...signed, Signature: bytes('no signature at all') },
      { ...signed, Signature, Message: sha('256', message) },
    ] as const
    for (const wrong of wrongs) await refused(kms.verify(wrong), 'KMSInvalidSignatureException')
  })
})

describe('what is not signed', () => {
  test.each([
    [
      'RSA_2048',
      'RSASSA_PSS_SHA_256',
      'DIGEST',
      31,
      'Digest is invalid length for algorithm RSASSA_PSS_SHA_256.',
    ],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'DIGEST', 32, 'Digest is invalid length for algorithm ECDSA_SHA_384.'],
    [
      'ML_DSA_44',
      'ML_DSA_SHAKE_256',
      'EXTERNAL_MU',
      63,
      'Digest is invalid length for algorithm ML_DSA_SHAKE_256.',
    ],
    [
      'ML_DSA_44',
      'ML_DSA_SHAKE_256',
      'DIGEST',
      64,
      'Message type DIGEST is incompatible with key spec ML_DSA_44.',
    ],
    [
      'RSA_2048',
      'RSASSA_PSS_SHA_512',
      'EXTERNAL_MU',
      64,
      'Message type EXTERNAL_MU is incompatible with key spec RSA_2048.',
    ],
    [
      'ECC_NIST_EDWARDS25519',
      'ED25519_SHA_512',
      'DIGEST',
      64,
      'Message type DIGEST is incompatible with algorithm ED25519_SHA_512.',
    ],
    [
      'ECC_NIST_EDWARDS25519',
      'ED25519_PH_SHA_512',
      'RAW',
      64,
      'Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.',
    ],
    [
      'ECC_NIST_EDWARDS25519',
      'ED25519_PH_SHA_512',
      'DIGEST',
      63,
      'Digest is invalid length for algorithm ED25519_PH_SHA_512.',
    ],
  ] as const)('by %s with %s: %s of %i bytes', async (spec, SigningAlgorithm, MessageType, length, text) => {
    const { kms } = house.root
    const { id: KeyId } = await signingKey(spec)
    const input = { KeyId, Message: Buffer.alloc(length), MessageType, SigningAlgorithm }
    await refused(kms.sign(input), 'ValidationException', text)
    await refused(kms.verify({ ...input, Signature: message }), 'ValidationException', text)
  })

  test('is a message of more than 4096 bytes', async () => {
    const { id: KeyId } = await signingKey('ECC_NIST_P256')
    const most = { KeyId, Message: Buffer.alloc(4096), SigningAlgorithm: 'ECDSA_SHA_256' } as const
    expect((await house.root.kms.sign(most)).Signature).toBeDefined()
    await refused(
      house.root.kms.sign({ ...most, Message: Buffer.alloc(4097) }),
      'ValidationException',
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
    )
  })

  test('is anything with an algorithm of another key spec, or with a key for something else', async () => {
    const { kms } = house.root
    const { id } = await signingKey('ECC_NIST_P256')
    const SigningAlgorithm = 'ECDSA_SHA_384'
    const incompatible = 'Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256.'
    const input = { KeyId: id, Message: message, SigningAlgorithm, Signature: message } as const
    await refused(kms.sign(input), 'InvalidKeyUsageException', incompatible)
    await refused(kms.verify(input), 'InvalidKeyUsageException', incompatible)
    const { id: encrypting, arn } = await newKey(house.root, {
      KeySpec: 'RSA_2048',
      KeyUsage: 'ENCRYPT_DECRYPT',
    })
    const usage = (operation: string) =>
      `${arn} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`
    const other = { ...input, KeyId: encrypting, SigningAlgorithm: 'RSASSA_PSS_SHA_256' } as const
    await refused(kms.sign(other), 'InvalidKeyUsageException', usage('Sign'))
    await refused(kms.verify(other), 'InvalidKeyUsageException', usage('Verify'))
  })

  test('is anything with a key that is disabled, though its public half is still given away', async () => {
    const { kms } = house.root
    const { id: KeyId, arn } = await signingKey('ECC_NIST_P256')
    const input = { KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256', Signature: message } as const
    await kms.disableKey({ KeyId })
    await refused(kms.sign(input), 'DisabledException', `${arn} is disabled.`)
    await refused(kms.verify(input), 'DisabledException', `${arn} is disabled.`)
    expect((await kms.getPublicKey({ KeyId })).PublicKey).toBeDefined()
    await kms.scheduleKeyDeletion({ KeyId })
    await refused(kms.getPublicKey({ KeyId }), 'KMSInvalidStateException', `${arn} is pending deletion.`)
  })

  test('a dry run signs nothing and says that it would have', async () => {
    const { id: KeyId } = await signingKey('ECC_NIST_P256')
    const input = { KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256', DryRun: true } as const
    await refused(house.root.kms.sign(input), 'DryRunOperationException')
  })
})

describe('a policy', () => {
  test('may allow an algorithm and a message type, which is RAW when the request does not say', async () => {
    const { kms } = house.root
    const { id: KeyId, arn } = await signingKey('RSA_2048')
    const user = await house.user('signer')
    const statement = {
      Effect: 'Allow',
      Action: ['kms:Sign', 'kms:Verify'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PSS_SHA_256', 'kms:MessageType': 'RAW' },
      },
    }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await house.root.iam.putUserPolicy({ UserName: 'signer', PolicyName: 'allowing', PolicyDocument })
    const allowed = { KeyId, Message: message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' } as const
    const { Signature } = await user.kms.sign(allowed)
    expect((await user.kms.verify({ ...allowed, Signature })).SignatureValid).toBe(true)
    const reason = (action: string) => `because no identity-based policy allows the ${action} action`
    for (const denied of [
      { ...allowed, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' },
      { ...allowed, MessageType: 'DIGEST', Message: sha('256', message) },
    ] as const) {
      await refused(
        user.kms.sign(denied),
        'AccessDeniedException',
        denial(user, 'kms:Sign', arn, reason('kms:Sign')),
      )
      await refused(user.kms.verify({ ...denied, Signature }), 'AccessDeniedException')
    }
    expect(
      (await kms.sign({ ...allowed, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' })).Signature,
    ).toBeDefined()
  })
})

describe('GetPublicKey', () => {
  test.each([
    ['RSA_2048', 'SIGN_VERIFY', 'SigningAlgorithms', 'RSASSA_PSS_SHA_256'],
    ['RSA_4096', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', 'RSAES_OAEP_SHA_256'],
    ['ECC_NIST_P521', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms', 'ECDH'],
    ['ML_DSA_87', 'SIGN_VERIFY', 'SigningAlgorithms', 'ML_DSA_SHAKE_256'],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', 'EncapsulationAlgorithms', 'ML_KEM'],
  ] as const)('of %s for %s lists %s', async (KeySpec, KeyUsage, member, algorithm) => {
    const { kms } = house.root
    const { id: KeyId, arn } = await newKey(house.root, { KeySpec, KeyUsage })
    const { PublicKey, [member]: algorithms, ...shown } = await answerOf(kms.getPublicKey({ KeyId }))
    expect(shown).toEqual({ KeyId: arn, KeySpec, KeyUsage, CustomerMasterKeySpec: KeySpec })
    expect(algorithms).toContain(algorithm)
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
    expect(key.type).toBe('public')
    expect((await kms.getPublicKey({ KeyId: arn })).PublicKey).toEqual(PublicKey)
  })

  test.each([
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'],
    ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  ] as const)('of %s is refused: there is none', async (KeySpec, KeyUsage) => {
    const { id: KeyId } = await newKey(house.root, { KeySpec, KeyUsage })
    await refused(house.root.kms.getPublicKey({ KeyId }), 'UnsupportedOperationException')
  })

  test('of a key whose material was never imported is refused', async () => {
    const input = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' } as const
    const { id: KeyId, arn } = await newKey(house.root, input)
    await refused(
      house.root.kms.getPublicKey({ KeyId }),
      'KMSInvalidStateException',
      `${arn} is pending import.`,
    )
  })

  test('survives a restart: what is signed afterwards verifies with the key from before', async () => {
    const { id: KeyId } = await signingKey('ML_DSA_44')
    const key = await publicKeyOf(KeyId)
    await house.restart()
    const SigningAlgorithm = 'ML_DSA_SHAKE_256'
    const { Signature } = await house.root.kms.sign({ KeyId, Message: message, SigningAlgorithm })
    expect(verifyBySpki(null, message, key, Signature ?? message)).toBe(true)
  })

  test('needs its own permission', async () => {
    const { id: KeyId, arn } = await signingKey('ECC_NIST_P256')
    const user = await house.user('reader', 'kms:Sign')
    await refused(user.kms.getPublicKey({ KeyId }), 'AccessDeniedException')
    const PolicyDocument = allow(['kms:GetPublicKey'], { on: arn })
    await house.root.iam.putUserPolicy({ UserName: 'reader', PolicyName: 'allowing', PolicyDocument })
    expect((await user.kms.getPublicKey({ KeyId })).KeyId).toBe(arn)
  })
})
