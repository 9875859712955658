import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allPages,
  answerOf,
  bytes,
  denial,
  foreignDenial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe('a key that is made', () => {
  test('is symmetric, enabled and shown with everything AWS documents of it', async () => {
    const { kms } = house.root
    const made = await answerOf(kms.createKey({}))
    const id = String(made.KeyMetadata?.KeyId)
    expect(made).toEqual({
      KeyMetadata: {
        AWSAccountId: account,
        Arn: `arn:aws:kms:us-east-1:${account}:key/${id}`,
        CreationDate: new Date(house.clock.now()),
        CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        Description: '',
        Enabled: true,
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        KeyId: expect.stringMatching(uuid),
        KeyManager: 'CUSTOMER',
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyState: 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
        MultiRegion: false,
        Origin: 'AWS_KMS',
      },
    })
    expect(await answerOf(kms.describeKey({ KeyId: id }))).toEqual(made)
  })

  test('takes a description, tags and a key policy', async () => {
    const { kms } = house.root
    const Policy = keyPolicy()
    const key = await newKey(house.root, {
      Description: 'orders',
      Policy,
      Tags: [{ TagKey: 'team', TagValue: 'blue' }],
    })
    expect((await kms.describeKey({ KeyId: key.id })).KeyMetadata?.Description).toBe('orders')
    expect((await kms.listResourceTags({ KeyId: key.id })).Tags).toEqual([
      { TagKey: 'team', TagValue: 'blue' },
    ])
    expect((await kms.getKeyPolicy({ KeyId: key.id })).Policy).toBe(Policy)
  })

  test('needs the permission to tag where it is to have tags', async () => {
    const maker = await house.user('maker', 'kms:CreateKey')
    await newKey(maker)
    await refused(
      maker.kms.createKey({ Tags: [{ TagKey: 'team', TagValue: 'blue' }] }),
      'AccessDeniedException',
      `User: ${maker.arn} is not authorized to perform: kms:TagResource ${noIdentityPolicy('kms:TagResource')}`,
    )
  })

  test('may have the spec named by either of its two names, but not by two that differ', async () => {
    const { kms } = house.root
    await newKey(house.root, { CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT', KeySpec: 'SYMMETRIC_DEFAULT' })
    await refused(
      kms.createKey({ CustomerMasterKeySpec: 'RSA_2048', KeySpec: 'SYMMETRIC_DEFAULT' }),
      'ValidationException',
    )
  })

  const made: readonly [KeySpec: KeySpec, KeyUsage: KeyUsageType, shown: object][] = [
    ['HMAC_224', 'GENERATE_VERIFY_MAC', { MacAlgorithms: ['HMAC_SHA_224'] }],
    ['HMAC_512', 'GENERATE_VERIFY_MAC', { MacAlgorithms: ['HMAC_SHA_512'] }],
    ['RSA_2048', 'ENCRYPT_DECRYPT', { EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] }],
    ['ECC_NIST_P256', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }],
    ['ECC_NIST_P384', 'KEY_AGREEMENT', { KeyAgreementAlgorithms: ['ECDH'] }],
    ['ECC_SECG_P256K1', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }],
    [
      'ECC_NIST_EDWARDS25519',
      'SIGN_VERIFY',
      { SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    ],
    ['SM2', 'ENCRYPT_DECRYPT', { EncryptionAlgorithms: ['SM2PKE'] }],
    ['ML_DSA_65', 'SIGN_VERIFY', { SigningAlgorithms: ['ML_DSA_SHAKE_256'] }],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', { EncapsulationAlgorithms: ['ML_KEM'] }],
  ]
  test.each(
    made,
  )('is %s for %s where that is asked for, with its algorithms', async (KeySpec, KeyUsage, shown) => {
    const { KeyMetadata } = await house.root.kms.createKey({ KeySpec, KeyUsage })
    expect(KeyMetadata).toMatchObject({ KeySpec, KeyUsage, KeyState: 'Enabled', Enabled: true, ...shown })
    // Only symmetric encryption keys are said to have a current material.
    expect(KeyMetadata).not.toHaveProperty('CurrentKeyMaterialId')
    expect(Object.keys(KeyMetadata ?? {}).filter((name) => name.endsWith('Algorithms'))).toHaveLength(1)
  })

  test('cannot have a usage that its spec does not have', async () => {
    const { kms } = house.root
    const mismatches = [
      ['SYMMETRIC_DEFAULT', 'SIGN_VERIFY'],
      ['HMAC_256', 'SIGN_VERIFY'],
      ['ECC_SECG_P256K1', 'KEY_AGREEMENT'],
      ['ML_DSA_44', 'ENCRYPT_DECRYPT'],
    ] as const
    for (const [KeySpec, KeyUsage] of mismatches) {
      await refused(
        kms.createKey({ KeySpec, KeyUsage }),
        'ValidationException',
        `KeyUsage ${KeyUsage} is not compatible with KeySpec ${KeySpec}`,
      )
    }
  })

  test('must be told its usage, unless it is symmetric', async () => {
    await refused(
      house.root.kms.createKey({ KeySpec: 'RSA_2048' }),
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  })

  test('is not made for whom nothing allows it', async () => {
    const stranger = await house.user('stranger-to-keys')
    await refused(
      stranger.kms.createKey({}),
      'AccessDeniedException',
      `User: ${stranger.arn} is not authorized to perform: kms:CreateKey ${noIdentityPolicy('kms:CreateKey')}`,
    )
  })
})

describe('a key is found', () => {
  test('by id, ARN, alias and alias ARN, and is the same key', async () => {
    const { kms } = house.root
    const key = await newKey(house.root)
    await kms.createAlias({ AliasName: 'alias/found', TargetKeyId: key.id })
    const aliasArn = `arn:aws:kms:us-east-1:${account}:alias/found`
    for (const KeyId of [key.id, key.arn, 'alias/found', aliasArn]) {
      expect((await kms.describeKey({ KeyId })).KeyMetadata?.Arn).toBe(key.arn)
    }
  })

  test('not by what is no key id, nor by an id that no key has', async () => {
    const { kms } = house.root
    const nobody = '12345678-1234-1234-1234-123456789012'
    const missing = {
      [nobody]: `Key 'arn:aws:kms:us-east-1:${account}:key/${nobody}' does not exist`,
      [`arn:aws:kms:us-east-1:${account}:key/${nobody}`]: `Key 'arn:aws:kms:us-east-1:${account}:key/${nobody}' does not exist`,
      'no-key': "Invalid keyId 'no-key'",
      'alias/nobody': `Alias arn:aws:kms:us-east-1:${account}:alias/nobody is not found.`,
      [`arn:aws:kms:us-east-1:${account}:alias/nobody`]: `Alias arn:aws:kms:us-east-1:${account}:alias/nobody is not found.`,
    }
    for (const [KeyId, message] of Object.entries(missing)) {
      await refused(kms.describeKey({ KeyId }), 'NotFoundException', message)
      await refused(kms.encrypt({ KeyId, Plaintext: bytes('a') }), 'NotFoundException', message)
    }
  })

  test('by its alias only where the operation takes aliases', async () => {
    const { kms } = house.root
    const key = await newKey(house.root)
    await kms.createAlias({ AliasName: 'alias/only-some', TargetKeyId: key.id })
    await refused(
      kms.disableKey({ KeyId: 'alias/only-some' }),
      'NotFoundException',
      "Invalid keyId 'alias/only-some'",
    )
  })

  test('in its own Region alone', async () => {
    const key = await newKey(house.root)
    const frankfurt = house.root.kmsIn('eu-central-1')
    await refused(frankfurt.describeKey({ KeyId: key.arn }), 'NotFoundException', 'Invalid arn us-east-1')
    await refused(
      frankfurt.describeKey({ KeyId: key.id }),
      'NotFoundException',
      `Key 'arn:aws:kms:eu-central-1:${account}:key/${key.id}' does not exist`,
    )
    const there = await newKey({ kms: frankfurt })
    expect(there.arn).toBe(`arn:aws:kms:eu-central-1:${account}:key/${there.id}`)
    expect((await frankfurt.listKeys({})).Keys).toEqual([{ KeyId: there.id, KeyArn: there.arn }])
  })

  test('of another account by nobody: whether it exists is not told', async () => {
    const foreign = 'arn:aws:kms:us-east-1:444455556666:key/12345678-1234-1234-1234-123456789012'
    const alias = 'arn:aws:kms:us-east-1:444455556666:alias/theirs'
    for (const KeyId of [foreign, alias]) {
      await refused(
        house.root.kms.describeKey({ KeyId }),
        'AccessDeniedException',
        foreignDenial(house.root, 'kms:DescribeKey'),
      )
    }
  })
})

test('a description can be replaced, up to 8192 characters of it', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root, { Description: 'old' })
  expect(await answerOf(kms.updateKeyDescription({ KeyId: id, Description: 'new' }))).toEqual({})
  expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.Description).toBe('new')
  const long = 'x'.repeat(8193)
  await refused(
    kms.updateKeyDescription({ KeyId: id, Description: long }),
    'ValidationException',
    `1 validation error detected: Value '${long}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192`,
  )
})

test('keys are listed page by page, each once', async () => {
  const few = await serve()
  try {
    const made = []
    for (let count = 0; count < 7; count += 1) {
      const { id, arn } = await newKey(few.root)
      made.push({ KeyId: id, KeyArn: arn })
    }
    const pages = await allPages((Marker) => few.root.kms.listKeys({ Limit: 2, Marker }))
    expect(pages.map(({ Keys }) => Keys?.length)).toEqual([2, 2, 2, 1])
    expect(pages.map(({ Truncated }) => Truncated)).toEqual([true, true, true, false])
    expect(pages.at(-1)?.NextMarker).toBeUndefined()
    const listed = pages.flatMap(({ Keys }) => Keys ?? [])
    const ids = (keys: { KeyId?: string | undefined }[]) => keys.map(({ KeyId }) => KeyId).toSorted()
    expect(ids(listed)).toEqual(ids(made))
    expect(made).toContainEqual(listed[0])
    expect((await few.root.kms.listKeys({})).Keys).toHaveLength(7)
    await refused(few.root.kms.listKeys({ Marker: 'of-my-own' }), 'InvalidMarkerException')
    await refused(
      few.root.kms.listKeys({ Limit: 0 }),
      'ValidationException',
      /'limit'.*greater than or equal to 1$/,
    )
  } finally {
    await few.close()
  }
})

describe('a disabled key', () => {
  test('is described and administered, but neither encrypts nor opens anything', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
    expect(await answerOf(kms.disableKey({ KeyId: id }))).toEqual({})

    const { KeyMetadata } = await kms.describeKey({ KeyId: id })
    expect(KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'Disabled' })
    const uses = [
      kms.encrypt({ KeyId: id, Plaintext: bytes('more') }),
      kms.decrypt({ CiphertextBlob }),
      kms.reEncrypt({ CiphertextBlob, DestinationKeyId: id }),
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' }),
      kms.generateDataKeyWithoutPlaintext({ KeyId: id, KeySpec: 'AES_256' }),
      kms.createGrant({ KeyId: id, GranteePrincipal: house.root.arn, Operations: ['Decrypt'] }),
    ]
    for (const use of uses) await refused(use, 'DisabledException', `${arn} is disabled.`)
    await kms.tagResource({ KeyId: id, Tags: [{ TagKey: 'state', TagValue: 'off' }] })
    await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() })

    expect(await answerOf(kms.enableKey({ KeyId: id }))).toEqual({})
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('kept')
  })
})

test('whoever nothing allows to administer a key is told so for each operation, in AWS’s words', async () => {
  const { id, arn } = await newKey(house.root)
  const stranger = await house.user('stranger')
  const { kms } = stranger
  const calls = {
    'kms:DescribeKey': kms.describeKey({ KeyId: id }),
    'kms:EnableKey': kms.enableKey({ KeyId: id }),
    'kms:DisableKey': kms.disableKey({ KeyId: id }),
    'kms:ScheduleKeyDeletion': kms.scheduleKeyDeletion({ KeyId: id }),
    'kms:CancelKeyDeletion': kms.cancelKeyDeletion({ KeyId: id }),
    'kms:UpdateKeyDescription': kms.updateKeyDescription({ KeyId: id, Description: 'mine' }),
  }
  for (const [action, call] of Object.entries(calls)) {
    await refused(call, 'AccessDeniedException', denial(stranger, action, arn, noIdentityPolicy(action)))
  }
  await refused(
    kms.listKeys({}),
    'AccessDeniedException',
    `User: ${stranger.arn} is not authorized to perform: kms:ListKeys ${noIdentityPolicy('kms:ListKeys')}`,
  )
})
