import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { bring, emptyKey, stateOf, usual, type Wrapping, wrapped } from '../importing.ts'
import {
  answerOf,
  bytes,
  daysMs,
  denial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

const ireland = 'eu-west-1'
const hourMs = 3_600_000

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: `us-east-1,${ireland}` })
})
afterAll(() => house.close())

const materialOf = async (KeyId: string, kms = house.root.kms) =>
  (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations ?? []

/** What a key says of each of its materials: current or not, here or not. */
const overview = async (KeyId: string, kms = house.root.kms) =>
  (await materialOf(KeyId, kms)).map(
    ({ KeyMaterialState, ImportState }) => `${KeyMaterialState} ${ImportState}`,
  )

async function eventsOf(name: string, arn: string) {
  const records = await recordsIn(house.dataDir)
  return records.filter(
    ({ eventName, resources }) =>
      eventName === name && (resources as { ARN: string }[] | undefined)?.[0]?.ARN === arn,
  )
}

const pkcs8 = { format: 'der', type: 'pkcs8' } as const
const spki = { format: 'der', type: 'spki' } as const
const curve = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve, privateKeyEncoding: pkcs8, publicKeyEncoding: spki })
const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength, privateKeyEncoding: pkcs8, publicKeyEncoding: spki })

describe('importing key material', () => {
  test('makes a key that had none usable, with the very bytes that were brought', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata).toMatchObject({
      KeyState: 'PendingImport',
      Enabled: false,
      Origin: 'EXTERNAL',
    })
    const material = randomBytes(32)
    const answer = await answerOf(bring(kms, id, material))
    expect(answer).toEqual({ KeyId: arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata).toMatchObject({
      KeyState: 'Enabled',
      Enabled: true,
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      CurrentKeyMaterialId: answer.KeyMaterialId,
    })
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    const opened = await kms.decrypt({ CiphertextBlob })
    expect([textOf(opened.Plaintext), opened.KeyMaterialId]).toEqual(['noon', answer.KeyMaterialId])
    const twin = await emptyKey(house.root)
    expect((await bring(kms, twin.id, material)).KeyMaterialId).not.toBe(answer.KeyMaterialId)
  })

  const wrappings: [KeySpec, KeyUsageType, () => Uint8Array, Wrapping[]][] = [
    [
      'SYMMETRIC_DEFAULT',
      'ENCRYPT_DECRYPT',
      () => randomBytes(32),
      [
        { algorithm: 'RSAES_OAEP_SHA_1', spec: 'RSA_2048' },
        { algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_3072' },
        { algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_4096' },
      ],
    ],
    ['HMAC_224', 'GENERATE_VERIFY_MAC', () => randomBytes(28), [usual]],
    ['HMAC_512', 'GENERATE_VERIFY_MAC', () => randomBytes(128), [usual]],
    [
      'RSA_2048',
      'SIGN_VERIFY',
      () => rsa(2048).privateKey,
      [
        { algorithm: 'RSA_AES_KEY_WRAP_SHA_1', spec: 'RSA_2048' },
        { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', spec: 'RSA_2048' },
      ],
    ],
    [
      'ECC_NIST_P256',
      'SIGN_VERIFY',
      () => curve('prime256v1').privateKey,
      [
        { algorithm: 'RSAES_OAEP_SHA_1', spec: 'RSA_2048' },
        { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', spec: 'RSA_2048' },
        { algorithm: 'SM2PKE', spec: 'SM2' },
      ],
    ],
    [
      'ECC_NIST_P384',
      'KEY_AGREEMENT',
      () => curve('secp384r1').privateKey,
      [{ algorithm: 'RSA_AES_KEY_WRAP_SHA_1', spec: 'RSA_2048' }],
    ],
    [
      'ECC_NIST_P521',
      'SIGN_VERIFY',
      () => curve('secp521r1').privateKey,
      [{ algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_3072' }],
    ],
    ['ECC_SECG_P256K1', 'SIGN_VERIFY', () => curve('secp256k1').privateKey, [usual]],
    [
      'ECC_NIST_EDWARDS25519',
      'SIGN_VERIFY',
      () => generateKeyPairSync('ed25519', { privateKeyEncoding: pkcs8, publicKeyEncoding: spki }).privateKey,
      [usual],
    ],
    ['SM2', 'SIGN_VERIFY', () => curve('SM2').privateKey, [usual, { algorithm: 'SM2PKE', spec: 'SM2' }]],
  ]
  for (const [KeySpec, KeyUsage, make, ways] of wrappings) {
    for (const wrapping of ways) {
      test(`takes material for ${KeySpec} that came by ${wrapping.algorithm} under ${wrapping.spec}`, async () => {
        const { kms } = house.root
        const { id } = await emptyKey(house.root, { KeySpec, KeyUsage })
        await bring(kms, id, make(), { wrapping })
        expect(await stateOf(kms, id)).toBe('Enabled')
      })
    }
  }

  test('of a pair takes the private half, works out the public one, and signs what anybody verifies', async () => {
    const { kms } = house.root
    const { privateKey, publicKey } = curve('prime256v1')
    const { id } = await emptyKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const { KeyMaterialId } = await bring(kms, id, privateKey)
    expect(KeyMaterialId).toBeUndefined()
    expect(Buffer.from((await kms.getPublicKey({ KeyId: id })).PublicKey ?? [])).toEqual(publicKey)
    const message = { Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_256' as const }
    const { Signature } = await kms.sign({ KeyId: id, ...message })
    const { createVerify, createPublicKey } = await import('node:crypto')
    const verify = createVerify('sha256').update('noon')
    expect(verify.verify(createPublicKey({ key: publicKey, ...spki }), Buffer.from(Signature ?? []))).toBe(
      true,
    )
  })

  test('recognises the same private key whatever tool wrote it', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const { privateKey } = curve('prime256v1')
    await bring(kms, id, privateKey)
    await bring(kms, id, await withoutPublicHalf(privateKey))
    expect(await stateOf(kms, id)).toBe('Enabled')
  })

  test('is not for keys whose spec nobody can bring material for, of which none are made', async () => {
    for (const [KeySpec, KeyUsage] of [
      ['ML_DSA_44', 'SIGN_VERIFY'],
      ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'],
    ] as const) {
      await refused(
        house.root.kms.createKey({ KeySpec, KeyUsage, Origin: 'EXTERNAL' }),
        'UnsupportedOperationException',
        `Key spec ${KeySpec} does not support imported key material.`,
      )
    }
  })

  test('refuses what is no material of the key spec', async () => {
    const { kms } = house.root
    const wrong: [KeySpec, KeyUsageType, Uint8Array][] = [
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', randomBytes(31)],
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', randomBytes(33)],
      ['HMAC_384', 'GENERATE_VERIFY_MAC', randomBytes(47)],
      ['HMAC_384', 'GENERATE_VERIFY_MAC', randomBytes(129)],
      ['ECC_NIST_P256', 'SIGN_VERIFY', curve('secp256k1').privateKey],
      ['ECC_NIST_P256', 'SIGN_VERIFY', randomBytes(100)],
    ]
    for (const [KeySpec, KeyUsage, material] of wrong) {
      const { id } = await emptyKey(house.root, { KeySpec, KeyUsage })
      await refused(bring(kms, id, material), 'IncorrectKeyMaterialException')
      expect(await stateOf(kms, id)).toBe('PendingImport')
    }
    const { id } = await emptyKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    const wrapping = { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', spec: 'RSA_2048' } as const
    await refused(bring(kms, id, rsa(3072).privateKey, { wrapping }), 'IncorrectKeyMaterialException')
  })

  test('refuses what does not unwrap, and what cannot be as long as anything wrapped so', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const { ImportToken, EncryptedKeyMaterial } = await wrapped(kms, id, randomBytes(32))
    const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const
    const changed = Uint8Array.from(EncryptedKeyMaterial)
    changed.set([(changed[200] ?? 0) ^ 1], 200)
    const call = (material: Uint8Array) =>
      kms.importKeyMaterial({ KeyId: id, ImportToken, EncryptedKeyMaterial: material, ...forever })
    await refused(call(changed), 'InvalidCiphertextException')
    await refused(
      call(EncryptedKeyMaterial.subarray(1)),
      'ValidationException',
      'Invalid encrypted key size.',
    )
    await call(EncryptedKeyMaterial)
  })
})

/** The same key as PKCS#8 that leaves the public half out, as some tools write it. */
async function withoutPublicHalf(privateKey: Buffer): Promise<Uint8Array> {
  const run = promisify(execFile)('openssl', ['ec', '-inform', 'DER', '-no_public', '-outform', 'DER'], {
    encoding: 'buffer',
  })
  run.child.stdin?.end(privateKey)
  const { stdout } = await run
  const again = promisify(execFile)(
    'openssl',
    ['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-outform', 'DER'],
    {
      encoding: 'buffer',
    },
  )
  again.child.stdin?.end(stdout)
  return (await again).stdout
}

describe('the parameters for an import', () => {
  test('are a public key that OpenSSL reads and a token, good for a day and for their own key', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    const other = await emptyKey(house.root)
    const input = { KeyId: id, WrappingAlgorithm: usual.algorithm, WrappingKeySpec: usual.spec }
    const answer = await answerOf(kms.getParametersForImport(input))
    expect(answer).toEqual({
      KeyId: arn,
      ImportToken: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      ParametersValidTo: new Date(house.clock.now() + 24 * hourMs),
    })
    expect(answer.ImportToken?.length).toBeLessThan(6144)
    const sent = await wrapped(kms, id, randomBytes(32))
    const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const
    await refused(
      kms.importKeyMaterial({ KeyId: other.id, ...sent, ...forever }),
      'InvalidImportTokenException',
    )
    house.clock.advance(24 * hourMs - 1)
    await kms.importKeyMaterial({ KeyId: id, ...sent, ...forever })
    house.clock.advance(1)
    await refused(kms.importKeyMaterial({ KeyId: id, ...sent, ...forever }), 'ExpiredImportTokenException')
  })

  test('of several requests are all good, and still are after a restart', async () => {
    const { id } = await emptyKey(house.root)
    const material = randomBytes(32)
    const older = await wrapped(house.root.kms, id, material)
    const newer = await wrapped(house.root.kms, id, material)
    await house.restart()
    for (const sent of [older, newer]) {
      const input = { KeyId: id, ...sent, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const }
      await house.root.kms.importKeyMaterial(input)
    }
  })

  test('are not to be made up, nor to be told apart by what is wrong with them', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const { ImportToken = new Uint8Array(), EncryptedKeyMaterial } = await wrapped(kms, id, randomBytes(32))
    const text = textOf(ImportToken)
    for (const token of [
      bytes('made up'),
      bytes('[1,2,3,4]'),
      bytes('["RSAES_OAEP_SHA_256","RSA_2048","9999999999999",""]'),
      bytes(text.replace(/"\d{13}"/, '"9999999999999"')),
      bytes(text.replace('RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1')),
      ImportToken.subarray(0, -1),
    ]) {
      const input = { KeyId: id, ImportToken: token, EncryptedKeyMaterial }
      await refused(
        kms.importKeyMaterial({ ...input, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
        'InvalidImportTokenException',
      )
    }
  })

  test('cannot be had for a way of wrapping that does not go with the key', async () => {
    const { kms } = house.root
    const symmetric = await emptyKey(house.root)
    const pair = await emptyKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    const long = await emptyKey(house.root, { KeySpec: 'ECC_NIST_P521', KeyUsage: 'SIGN_VERIFY' })
    const calls: [string, Wrapping][] = [
      [symmetric.id, { algorithm: 'RSAES_PKCS1_V1_5', spec: 'RSA_2048' }],
      [symmetric.id, { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', spec: 'RSA_2048' }],
      [symmetric.id, { algorithm: 'RSAES_OAEP_SHA_256', spec: 'SM2' }],
      [pair.id, { algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_4096' }],
      [pair.id, { algorithm: 'SM2PKE', spec: 'RSA_4096' }],
      [long.id, { algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_2048' }],
    ]
    for (const [KeyId, { algorithm, spec }] of calls) {
      const input = { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: spec }
      await refused(kms.getParametersForImport(input), 'UnsupportedOperationException')
    }
  })

  test('cannot be had for a key that is made of material from here, or is to be deleted', async () => {
    const { kms } = house.root
    const own = await newKey(house.root)
    const doomed = await emptyKey(house.root)
    const sent = await wrapped(kms, doomed.id, randomBytes(32))
    await kms.scheduleKeyDeletion({ KeyId: doomed.id })
    const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const
    const wrapping = { WrappingAlgorithm: usual.algorithm, WrappingKeySpec: usual.spec }
    for (const call of [
      (KeyId: string) => kms.getParametersForImport({ KeyId, ...wrapping }),
      (KeyId: string) => kms.importKeyMaterial({ KeyId, ...sent, ...forever }),
    ]) {
      await refused(
        call(own.id),
        'UnsupportedOperationException',
        `${own.arn} origin is AWS_KMS which is not valid for this operation.`,
      )
      await refused(call(doomed.id), 'KMSInvalidStateException', `${doomed.arn} is pending deletion.`)
    }
    await refused(
      kms.deleteImportedKeyMaterial({ KeyId: own.id }),
      'UnsupportedOperationException',
      `${own.arn} origin is AWS_KMS which is not valid for this operation.`,
    )
  })

  test('may be held to some wrapping keys and algorithms, and imports to some expirations', async () => {
    const careful = await house.user('careful')
    const { id, arn } = await emptyKey(house.root, { Policy: keyPolicy() })
    const soon = String((house.clock.now() + daysMs(30)) / 1000)
    const statements = [
      [
        'kms:GetParametersForImport',
        { StringEquals: { 'kms:WrappingKeySpec': 'RSA_4096', 'kms:WrappingAlgorithm': usual.algorithm } },
      ],
      [
        'kms:ImportKeyMaterial',
        { NumericLessThan: { 'kms:ValidTo': soon }, Null: { 'kms:ExpirationModel': 'true' } },
      ],
    ].map(([Action, Condition]) => ({ Effect: 'Allow', Resource: '*', Action, Condition }))
    await house.root.iam.putUserPolicy({
      UserName: careful.name,
      PolicyName: 'imports',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    })
    const no = (action: string) => denial(careful, action, arn, noIdentityPolicy(action))
    await refused(
      wrapped(careful.kms, id, randomBytes(32)),
      'AccessDeniedException',
      no('kms:GetParametersForImport'),
    )
    const sent = await wrapped(careful.kms, id, randomBytes(32), { ...usual, spec: 'RSA_4096' })
    const until = (days: number) => ({ ValidTo: new Date(house.clock.now() + daysMs(days)) })
    for (const more of [
      until(31),
      { ...until(29), ExpirationModel: 'KEY_MATERIAL_EXPIRES' as const },
      { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const },
    ]) {
      const call = careful.kms.importKeyMaterial({ KeyId: id, ...sent, ...more })
      await refused(call, 'AccessDeniedException', no('kms:ImportKeyMaterial'))
    }
    await careful.kms.importKeyMaterial({ KeyId: id, ...sent, ...until(29) })
  })
})

describe('imported material that expires', () => {
  test('is deleted at its time, leaves the key waiting for it, and opens everything again once it is back', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    const material = randomBytes(32)
    const ValidTo = new Date(house.clock.now() + daysMs(5))
    const { KeyMaterialId } = await bring(kms, id, material, { ValidTo })
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata).toMatchObject({
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo,
    })
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    house.clock.advance(daysMs(5) - 1)
    await kms.decrypt({ CiphertextBlob })
    house.clock.advance(1)
    await refused(kms.decrypt({ CiphertextBlob }), 'KMSInvalidStateException', `${arn} is pending import.`)
    const { KeyMetadata } = await kms.describeKey({ KeyId: id })
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingImport', Enabled: false })
    expect(KeyMetadata).not.toHaveProperty('ValidTo')
    expect(await materialOf(id)).toEqual([
      { KeyId: id, KeyMaterialId, KeyMaterialState: 'CURRENT', ImportState: 'PENDING_IMPORT' },
    ])
    expect(await eventsOf('DeleteExpiredKeyMaterial', arn)).toMatchObject([
      {
        eventType: 'AwsServiceEvent',
        userIdentity: { invokedBy: 'AWS Internal' },
        responseElements: null,
        serviceEventDetails: { keyId: id, keyMaterialId: KeyMaterialId },
      },
    ])
    expect((await bring(kms, id, material)).KeyMaterialId).toBe(KeyMaterialId)
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  })

  test('is gone also when nobody was there at the time', async () => {
    const { id } = await emptyKey(house.root)
    await bring(house.root.kms, id, randomBytes(32), { ValidTo: new Date(house.clock.now() + 1000) })
    house.clock.advance(daysMs(1))
    await house.restart()
    expect(await stateOf(house.root.kms, id)).toBe('PendingImport')
  })

  test('lives longer when it is imported again in time, or for good', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const material = randomBytes(32)
    const inDays = (days: number) => ({ ValidTo: new Date(house.clock.now() + daysMs(days)) })
    await bring(kms, id, material, inDays(1))
    await bring(kms, id, material, inDays(3))
    house.clock.advance(daysMs(2))
    expect(await stateOf(kms, id)).toBe('Enabled')
    await bring(kms, id, material)
    house.clock.advance(daysMs(400))
    expect(await stateOf(kms, id)).toBe('Enabled')
  })

  test('must be said to, with a date in the coming year, or said not to', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const sent = { KeyId: id, ...(await wrapped(kms, id, randomBytes(32))) }
    const noDate = 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'
    await refused(kms.importKeyMaterial(sent), 'ValidationException', noDate)
    await refused(
      kms.importKeyMaterial({ ...sent, ExpirationModel: 'KEY_MATERIAL_EXPIRES' }),
      'ValidationException',
      noDate,
    )
    const at = (ms: number) => ({ ValidTo: new Date(house.clock.now() + ms) })
    for (const more of [
      at(0),
      at(-1000),
      at(daysMs(365) + 1000),
      { ...at(1000), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const },
    ]) {
      await refused(kms.importKeyMaterial({ ...sent, ...more }), 'ValidationException')
    }
    await kms.importKeyMaterial({ ...sent, ...at(daysMs(365)) })
  })
})

describe('deleting imported material', () => {
  test('stops all use until the same material is back; anything else is refused', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    const material = randomBytes(32)
    const { KeyMaterialId } = await bring(kms, id, material)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    expect(await answerOf(kms.deleteImportedKeyMaterial({ KeyId: id }))).toEqual({
      KeyId: arn,
      KeyMaterialId,
    })
    expect(await stateOf(kms, id)).toBe('PendingImport')
    for (const call of [
      () => kms.encrypt({ KeyId: id, Plaintext: bytes('noon') }),
      () => kms.decrypt({ CiphertextBlob }),
      () => kms.enableKey({ KeyId: id }),
      () => kms.disableKey({ KeyId: id }),
    ]) {
      await refused(call(), 'KMSInvalidStateException', `${arn} is pending import.`)
    }
    expect(await answerOf(kms.deleteImportedKeyMaterial({ KeyId: id }))).toEqual({
      KeyId: arn,
      KeyMaterialId,
    })
    await refused(bring(kms, id, randomBytes(32)), 'IncorrectKeyMaterialException')
    await bring(kms, id, material)
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
    expect(await eventsOf('DeleteImportedKeyMaterial', arn)).toMatchObject([
      { requestParameters: { keyId: id }, responseElements: { keyId: arn, keyMaterialId: KeyMaterialId } },
      { responseElements: { keyId: arn, keyMaterialId: KeyMaterialId } },
    ])
  })

  test('takes the secret out of the store, and when it expires as well', async () => {
    const { kms } = house.root
    const { store } = house.claviger.catalog
    const stored = async (KeyId: string) => {
      const rows = await store.list('keyMaterial', { prefix: ['111122223333', 'us-east-1', KeyId], limit: 9 })
      return rows.map(({ value }) => [value.sealed !== undefined, value.sealedPublicKey !== undefined])
    }
    const symmetric = await emptyKey(house.root)
    const pair = await emptyKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const ValidTo = new Date(house.clock.now() + daysMs(1))
    await bring(kms, symmetric.id, randomBytes(32))
    await bring(kms, symmetric.id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL', ValidTo })
    await bring(kms, pair.id, curve('prime256v1').privateKey, { ValidTo })
    await kms.deleteImportedKeyMaterial({ KeyId: symmetric.id })
    expect([await stored(symmetric.id), await stored(pair.id)]).toEqual([[[true, false]], [[true, true]]])
    house.clock.advance(daysMs(1))
    await kms.listKeys({})
    expect([await stored(symmetric.id), await stored(pair.id)]).toEqual([[], [[false, true]]])
  })

  test('is nothing to a key that never had any', async () => {
    const { id, arn } = await emptyKey(house.root)
    expect(await answerOf(house.root.kms.deleteImportedKeyMaterial({ KeyId: id }))).toEqual({ KeyId: arn })
    const none = '0'.repeat(64)
    await refused(
      house.root.kms.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: none }),
      'NotFoundException',
    )
  })

  test('leaves what everybody may know of a pair', async () => {
    const { kms } = house.root
    const { privateKey, publicKey } = curve('secp384r1')
    const { id, arn } = await emptyKey(house.root, { KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' })
    await bring(kms, id, privateKey)
    expect(await answerOf(kms.deleteImportedKeyMaterial({ KeyId: id }))).toEqual({ KeyId: arn })
    await house.restart()
    const again = house.root.kms
    expect(Buffer.from((await again.getPublicKey({ KeyId: id })).PublicKey ?? [])).toEqual(publicKey)
    const call = again.sign({ KeyId: id, Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_384' })
    await refused(call, 'KMSInvalidStateException', `${arn} is pending import.`)
    await refused(bring(again, id, curve('secp384r1').privateKey), 'IncorrectKeyMaterialException')
    await bring(again, id, privateKey)
    await again.sign({ KeyId: id, Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_384' })
  })

  test('of a key that is to be deleted does not change its state; called off, it waits for its material', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const material = randomBytes(32)
    await bring(kms, id, material)
    await kms.scheduleKeyDeletion({ KeyId: id })
    await kms.deleteImportedKeyMaterial({ KeyId: id })
    expect(await stateOf(kms, id)).toBe('PendingDeletion')
    await kms.cancelKeyDeletion({ KeyId: id })
    expect(await stateOf(kms, id)).toBe('Disabled')
    await kms.enableKey({ KeyId: id })
    expect(await stateOf(kms, id)).toBe('PendingImport')
    await bring(kms, id, material)
    expect(await stateOf(kms, id)).toBe('Enabled')
  })

  test('imports into a disabled key leave it disabled', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const material = randomBytes(32)
    await bring(kms, id, material)
    await kms.disableKey({ KeyId: id })
    await bring(kms, id, material, { ValidTo: new Date(house.clock.now() + daysMs(1)) })
    expect(await stateOf(kms, id)).toBe('Disabled')
    await kms.enableKey({ KeyId: id })
    expect(await stateOf(kms, id)).toBe('Enabled')
  })
})

describe('imported material of a symmetric key, one after the other', () => {
  test('is pending until the key is rotated to it, and all of it is needed', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    const [one, two] = [randomBytes(32), randomBytes(32)]
    const first = await bring(kms, id, one, { KeyMaterialDescription: 'safe 1' })
    const before = await kms.encrypt({ KeyId: id, Plaintext: bytes('before') })
    const nothing = `No available key material pending rotation for the key: ${arn}.`
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'KMSInvalidStateException', nothing)
    await refused(bring(kms, id, two), 'IncorrectKeyMaterialException')
    const second = await bring(kms, id, two, { ImportType: 'NEW_KEY_MATERIAL' })
    expect(await overview(id)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED'])
    expect((await kms.listKeyRotations({ KeyId: id })).Rotations).toEqual([])
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId).toBe(first.KeyMaterialId)

    await kms.rotateKeyOnDemand({ KeyId: id })
    const after = await kms.encrypt({ KeyId: id, Plaintext: bytes('after') })
    expect(await materialOf(id)).toEqual([
      {
        KeyId: id,
        KeyMaterialId: first.KeyMaterialId,
        KeyMaterialDescription: 'safe 1',
        KeyMaterialState: 'NON_CURRENT',
        ImportState: 'IMPORTED',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      },
      {
        KeyId: id,
        KeyMaterialId: second.KeyMaterialId,
        KeyMaterialState: 'CURRENT',
        ImportState: 'IMPORTED',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        RotationDate: new Date(house.clock.now()),
        RotationType: 'ON_DEMAND',
      },
    ])
    const opened = await Promise.all(
      [before, after].map(({ CiphertextBlob }) => kms.decrypt({ CiphertextBlob })),
    )
    expect(opened.map(({ KeyMaterialId }) => KeyMaterialId)).toEqual(
      [first, second].map((each) => each.KeyMaterialId),
    )

    await kms.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: first.KeyMaterialId })
    expect(await overview(id)).toEqual(['NON_CURRENT PENDING_IMPORT', 'CURRENT IMPORTED'])
    await refused(kms.decrypt(after), 'KMSInvalidStateException', `${arn} is pending import.`)
    await bring(kms, id, one, { KeyMaterialId: first.KeyMaterialId })
    expect((await materialOf(id))[0]?.KeyMaterialDescription).toBe('safe 1')
    expect(textOf((await kms.decrypt(before)).Plaintext)).toBe('before')
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'KMSInvalidStateException', nothing)
  })

  test('is one at a time, and is forgotten when it is deleted or expires before it was rotated to', async () => {
    const { kms } = house.root
    const { id, arn } = await emptyKey(house.root)
    const asNew = { ImportType: 'NEW_KEY_MATERIAL' } as const
    await bring(kms, id, randomBytes(32))
    const pending = await bring(kms, id, randomBytes(32), asNew)
    await refused(
      bring(kms, id, randomBytes(32), asNew),
      'KMSInvalidStateException',
      new RegExp(
        `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${arn}, because another key material \\(id: ${pending.KeyMaterialId}\\) is pending rotation\\.$`,
      ),
    )
    await kms.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: pending.KeyMaterialId })
    expect(await overview(id)).toEqual(['CURRENT IMPORTED'])
    expect(await stateOf(kms, id)).toBe('Enabled')
    await bring(kms, id, randomBytes(32), { ...asNew, ValidTo: new Date(house.clock.now() + daysMs(1)) })
    house.clock.advance(daysMs(1))
    expect(await overview(id)).toEqual(['CURRENT IMPORTED'])
    await bring(kms, id, randomBytes(32), asNew)
    await kms.rotateKeyOnDemand({ KeyId: id })
    expect(await overview(id)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED'])
  })

  test('is what it is said to be, or refused', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root)
    const material = randomBytes(32)
    await refused(
      bring(kms, id, material, { ImportType: 'EXISTING_KEY_MATERIAL' }),
      'IncorrectKeyMaterialException',
    )
    const { KeyMaterialId } = await bring(kms, id, material, { ImportType: 'NEW_KEY_MATERIAL' })
    await refused(
      bring(kms, id, material, { ImportType: 'NEW_KEY_MATERIAL' }),
      'IncorrectKeyMaterialException',
    )
    await refused(
      bring(kms, id, material, { KeyMaterialId: '0'.repeat(64) }),
      'IncorrectKeyMaterialException',
    )
    await refused(
      bring(kms, id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL', KeyMaterialId }),
      'ValidationException',
    )
    await bring(kms, id, material, { KeyMaterialId, ImportType: 'EXISTING_KEY_MATERIAL' })
  })

  test('is for symmetric encryption keys; others have one material, of which there is nothing to say', async () => {
    const { kms } = house.root
    const { id } = await emptyKey(house.root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const material = randomBytes(32)
    for (const more of [
      { ImportType: 'NEW_KEY_MATERIAL' as const },
      { KeyMaterialDescription: 'safe 1' },
      { KeyMaterialId: '0'.repeat(64) },
    ]) {
      await refused(bring(kms, id, material, more), 'UnsupportedOperationException')
    }
    await bring(kms, id, material)
    await refused(bring(kms, id, randomBytes(32)), 'IncorrectKeyMaterialException')
  })
})

describe('imported material of related keys', () => {
  async function related() {
    const { kms } = house.root
    const abroad = house.root.kmsIn(ireland)
    const { id, arn } = await emptyKey(house.root, { MultiRegion: true })
    const material = randomBytes(32)
    await bring(kms, id, material)
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    return { kms, abroad, id, replica: arn.replace('us-east-1', ireland), material }
  }

  test('is brought to each of them, and is the same', async () => {
    const { kms, abroad, id, material } = await related()
    expect(await stateOf(abroad, id)).toBe('PendingImport')
    await refused(bring(abroad, id, randomBytes(32)), 'IncorrectKeyMaterialException')
    await bring(abroad, id, material)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    expect(textOf((await abroad.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  })

  test('is new to the primary first, and rotated to when every replica has it', async () => {
    const { kms, abroad, id, replica, material } = await related()
    await bring(abroad, id, material)
    const next = randomBytes(32)
    const asNew = { ImportType: 'NEW_KEY_MATERIAL' } as const
    await refused(
      bring(abroad, id, next, asNew),
      'UnsupportedOperationException',
      `${replica} is not a multi-region primary key.`,
    )
    await bring(kms, id, next, { ...asNew, KeyMaterialDescription: 'safe 2' })
    const waiting = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
    expect(await overview(id)).toEqual(['CURRENT IMPORTED', `${waiting} IMPORTED`])
    expect(await overview(id, abroad)).toEqual(['CURRENT IMPORTED', `${waiting} PENDING_IMPORT`])
    expect((await materialOf(id, abroad))[1]?.KeyMaterialDescription).toBe('safe 2')
    expect(await stateOf(abroad, id)).toBe('Enabled')
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'KMSInvalidStateException')
    await bring(abroad, id, next)
    for (const each of [kms, abroad]) {
      expect(await overview(id, each)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED'])
    }
    await kms.rotateKeyOnDemand({ KeyId: id })
    for (const each of [kms, abroad]) {
      expect(await overview(id, each)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED'])
    }
    const { CiphertextBlob } = await abroad.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  })

  test('is deleted from each alone; while it is pending, from all of them with the primary', async () => {
    const { kms, abroad, id, material } = await related()
    await bring(abroad, id, material)
    await abroad.deleteImportedKeyMaterial({ KeyId: id })
    expect([await stateOf(kms, id), await stateOf(abroad, id)]).toEqual(['Enabled', 'PendingImport'])
    await bring(abroad, id, material)
    const next = randomBytes(32)
    const { KeyMaterialId } = await bring(kms, id, next, { ImportType: 'NEW_KEY_MATERIAL' })
    await bring(abroad, id, next)
    await abroad.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId })
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'KMSInvalidStateException')
    await bring(abroad, id, next)
    await kms.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId })
    for (const each of [kms, abroad]) expect(await overview(id, each)).toEqual(['CURRENT IMPORTED'])
  })

  test('waits no longer for a replica that is gone', async () => {
    const { kms, abroad, id, material } = await related()
    await bring(abroad, id, material)
    await bring(kms, id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' })
    await abroad.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    house.clock.advance(daysMs(7))
    await kms.rotateKeyOnDemand({ KeyId: id })
    expect(await overview(id)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED'])
  })
})

test('what is imported, and the token, never enter the journal', async () => {
  const { kms } = house.root
  const { id, arn } = await emptyKey(house.root)
  const { ImportToken, EncryptedKeyMaterial } = await wrapped(kms, id, randomBytes(32))
  const ValidTo = new Date(house.clock.now() + daysMs(1))
  const { KeyMaterialId } = await kms.importKeyMaterial({
    KeyId: id,
    ImportToken,
    EncryptedKeyMaterial,
    ValidTo,
    ImportType: 'NEW_KEY_MATERIAL',
    KeyMaterialDescription: 'safe 1',
  })
  const [record] = await eventsOf('ImportKeyMaterial', arn)
  expect(record).toMatchObject({
    requestParameters: {
      keyId: id,
      validTo: expect.any(String),
      importType: 'NEW_KEY_MATERIAL',
      keyMaterialDescription: 'safe 1',
    },
    responseElements: { keyId: arn, keyMaterialId: KeyMaterialId },
  })
  expect(Object.keys(record?.requestParameters as object)).not.toContain('importToken')
  expect((await eventsOf('GetParametersForImport', arn))[0]).toMatchObject({
    requestParameters: { wrappingAlgorithm: usual.algorithm, wrappingKeySpec: usual.spec },
    responseElements: null,
  })
})
