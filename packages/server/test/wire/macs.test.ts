import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { answerOf, bytes, newKey, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const specs = [
  ['HMAC_224', 'HMAC_SHA_224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 64],
] as const

const newMacKey = (KeySpec: (typeof specs)[number][0] = 'HMAC_256') =>
  newKey(house.root, { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' })

describe('an HMAC key', () => {
  test.each(specs)('of spec %s makes MACs with %s, and knows them again', async (spec, algorithm, length) => {
    const { kms } = house.root
    const { id, arn } = await newMacKey(spec)
    const message = { KeyId: id, Message: bytes('meet me at noon'), MacAlgorithm: algorithm }
    const made = await answerOf(kms.generateMac(message))
    expect(made).toEqual({ KeyId: arn, Mac: expect.any(Uint8Array), MacAlgorithm: algorithm })
    expect(made.Mac).toHaveLength(length)
    expect((await kms.generateMac(message)).Mac).toEqual(made.Mac)
    expect(await answerOf(kms.verifyMac({ ...message, Mac: made.Mac }))).toEqual({
      KeyId: arn,
      MacValid: true,
      MacAlgorithm: algorithm,
    })
  })

  test('makes another MAC for another message, and another key another', async () => {
    const { kms } = house.root
    const [one, other] = [await newMacKey(), await newMacKey()]
    const macOf = async (KeyId: string, text: string) => {
      const { Mac } = await kms.generateMac({ KeyId, Message: bytes(text), MacAlgorithm: 'HMAC_SHA_256' })
      return Buffer.from(Mac ?? []).toString('hex')
    }
    const macs = [await macOf(one.id, 'a'), await macOf(one.id, 'b'), await macOf(other.id, 'a')]
    expect(new Set(macs).size).toBe(3)
  })

  test('refuses a MAC that is not of this message, key and length, without a word', async () => {
    const { kms } = house.root
    const [{ id }, other] = [await newMacKey(), await newMacKey()]
    const message = { KeyId: id, Message: bytes('meet me at noon'), MacAlgorithm: 'HMAC_SHA_256' as const }
    const Mac = Buffer.from((await kms.generateMac(message)).Mac ?? [])
    const changed = Buffer.from(Mac)
    changed[31] = (changed[31] ?? 0) ^ 1
    const wrong = [
      { ...message, Mac: changed },
      { ...message, Mac: Mac.subarray(0, 31) },
      { ...message, Mac: Buffer.concat([Mac, Buffer.alloc(1)]) },
      { ...message, Mac, Message: bytes('meet me at none') },
      { ...message, Mac, KeyId: other.id },
    ]
    for (const call of wrong) await refused(kms.verifyMac(call), 'KMSInvalidMacException', 'UnknownError')
  })

  test('takes a message of 1 to 4096 bytes, and goes by alias too', async () => {
    const { kms } = house.root
    const { id, arn } = await newMacKey()
    await kms.createAlias({ AliasName: 'alias/seals', TargetKeyId: id })
    const macOf = (Message: Uint8Array) =>
      kms.generateMac({ KeyId: 'alias/seals', Message, MacAlgorithm: 'HMAC_SHA_256' })
    expect((await macOf(new Uint8Array(4096))).KeyId).toBe(arn)
    await refused(macOf(new Uint8Array(4097)), 'ValidationException', /length less than or equal to 4096/)
    await refused(macOf(new Uint8Array(0)), 'ValidationException', /length greater than or equal to 1/)
  })

  test('has the one algorithm of its spec, and does nothing else', async () => {
    const { kms } = house.root
    const { id, arn } = await newMacKey()
    const Message = bytes('a')
    const text = 'Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.'
    const wrong = { KeyId: id, Message, MacAlgorithm: 'HMAC_SHA_512' as const }
    await refused(kms.generateMac(wrong), 'InvalidKeyUsageException', text)
    await refused(kms.verifyMac({ ...wrong, Mac: bytes('a') }), 'InvalidKeyUsageException', text)
    const notValidFor = (operation: string) =>
      `${arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`
    await refused(
      kms.encrypt({ KeyId: id, Plaintext: Message }),
      'InvalidKeyUsageException',
      notValidFor('Encrypt'),
    )
    await refused(
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' }),
      'InvalidKeyUsageException',
      notValidFor('GenerateDataKey'),
    )
  })

  test('is what it takes: other keys make no MACs', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await refused(
      kms.generateMac({ KeyId: id, Message: bytes('a'), MacAlgorithm: 'HMAC_SHA_256' }),
      'InvalidKeyUsageException',
      `${arn} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
    )
  })

  test('makes none while it is disabled, and knows none', async () => {
    const { kms } = house.root
    const { id, arn } = await newMacKey()
    const message = { KeyId: id, Message: bytes('a'), MacAlgorithm: 'HMAC_SHA_256' as const }
    const { Mac } = await kms.generateMac(message)
    await kms.disableKey({ KeyId: id })
    await refused(kms.generateMac(message), 'DisabledException', `${arn} is disabled.`)
    await refused(kms.verifyMac({ ...message, Mac }), 'DisabledException', `${arn} is disabled.`)
    await kms.enableKey({ KeyId: id })
    expect((await kms.verifyMac({ ...message, Mac })).MacValid).toBe(true)
  })
})

test('the journal tells of a MAC with which key and algorithm, and neither message nor MAC', async () => {
  const { id, arn } = await newMacKey()
  const Message = bytes('hush')
  const { $metadata } = await house.root.kms.generateMac({ KeyId: id, Message, MacAlgorithm: 'HMAC_SHA_256' })
  const records = await recordsIn(house.dataDir)
  expect(records.find(({ requestID }) => requestID === $metadata.requestId)).toMatchObject({
    eventName: 'GenerateMac',
    requestParameters: { keyId: id, macAlgorithm: 'HMAC_SHA_256' },
    responseElements: null,
    readOnly: true,
    resources: [{ ARN: arn }],
  })
})
