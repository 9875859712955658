import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  answerOf,
  bytes,
  denial,
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

const materialId = /^[0-9a-f]{64}$/

describe('Encrypt and Decrypt', () => {
  test('give back what went in, and say with which key and algorithm', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const sealed = await answerOf(kms.encrypt({ KeyId: id, Plaintext: bytes('meet me at noon') }))
    expect(sealed).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: arn,
    })
    const opened = await answerOf(kms.decrypt({ CiphertextBlob: sealed.CiphertextBlob }))
    expect({ ...opened, Plaintext: textOf(opened.Plaintext) }).toEqual({
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: arn,
      KeyMaterialId: (await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId,
      Plaintext: 'meet me at noon',
    })
  })

  test('never make the same ciphertext twice, nor one with the plaintext in it', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const one = await kms.encrypt({ KeyId: id, Plaintext: bytes('meet me at noon') })
    const other = await kms.encrypt({ KeyId: id, Plaintext: bytes('meet me at noon') })
    expect(one.CiphertextBlob).not.toEqual(other.CiphertextBlob)
    expect(textOf(one.CiphertextBlob)).not.toContain('noon')
  })

  test('take from 1 to 4096 bytes', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const long = new Uint8Array(4096).fill(7)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: long })
    expect(CiphertextBlob?.length).toBeLessThanOrEqual(6144)
    expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext ?? [])).toEqual(Buffer.from(long))
    const bounds = { 4097: 'less than or equal to 4096', 0: 'greater than or equal to 1' }
    for (const [count, bound] of Object.entries(bounds)) {
      await refused(
        kms.encrypt({ KeyId: id, Plaintext: new Uint8Array(Number(count)) }),
        'ValidationException',
        `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length ${bound}`,
      )
    }
  })

  test('go by alias and by ARN as well', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await kms.createAlias({ AliasName: 'alias/letters', TargetKeyId: id })
    const { CiphertextBlob, KeyId } = await kms.encrypt({ KeyId: 'alias/letters', Plaintext: bytes('a') })
    expect(KeyId).toBe(arn)
    const aliasArn = `arn:aws:kms:us-east-1:${account}:alias/letters`
    for (const name of [id, arn, 'alias/letters', aliasArn]) {
      expect(textOf((await kms.decrypt({ CiphertextBlob, KeyId: name })).Plaintext)).toBe('a')
    }
  })

  test('open only under the same encryption context, in whatever order its pairs come', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const context = { tenant: 'blue', stage: 'production', schlüssel: 'wört 🔑' }
    const { CiphertextBlob } = await kms.encrypt({
      KeyId: id,
      Plaintext: bytes('a'),
      EncryptionContext: context,
    })
    const turned = Object.fromEntries(Object.entries(context).reverse())
    expect(textOf((await kms.decrypt({ CiphertextBlob, EncryptionContext: turned })).Plaintext)).toBe('a')
    const others = [
      undefined,
      {},
      { tenant: 'blue' },
      { ...context, tenant: 'Blue' },
      { ...context, more: '' },
      { tenant: 'blue', stage: 'production', schlüssel: 'wört' },
    ]
    for (const EncryptionContext of others) {
      await refused(kms.decrypt({ CiphertextBlob, EncryptionContext }), 'InvalidCiphertextException')
    }
  })

  test('read each encryption context as it was sent, whatever others sent before', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const sealedUnder = async (name: string) => {
      const EncryptionContext = { h: 'same', [name]: 'same' }
      return (await kms.encrypt({ KeyId: id, Plaintext: bytes('hi'), EncryptionContext })).CiphertextBlob
    }
    // Whoever is first to send a backslash had V8's own reader take other escaped names for one.
    const blob = await sealedUnder('\\')
    for (const name of ['"', '\n', '\u0001']) {
      const context = { h: 'same', [name]: 'same' }
      await refused(
        kms.decrypt({ CiphertextBlob: blob, EncryptionContext: context }),
        'InvalidCiphertextException',
      )
      const own = await sealedUnder(name)
      const opened = await kms.decrypt({ CiphertextBlob: own, EncryptionContext: context })
      expect(textOf(opened.Plaintext)).toBe('hi')
    }
  })

  test('refuse a ciphertext of which any bit is another, and what never was one', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const sealed = Buffer.from(CiphertextBlob ?? [])
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = Buffer.from(sealed)
      changed[place] = (changed[place] ?? 0) ^ 1
      // A bit in the name of the key names another key, which is not there.
      await refusedAsOneOf(kms.decrypt({ CiphertextBlob: changed }), [
        'InvalidCiphertextException',
        'AccessDeniedException',
      ])
      await refusedAsOneOf(kms.decrypt({ CiphertextBlob: changed, KeyId: id }), [
        'InvalidCiphertextException',
        'IncorrectKeyException',
      ])
    }
    for (const junk of [sealed.subarray(0, -1), sealed.subarray(1), bytes('junk'), bytes(' ')]) {
      await refused(kms.decrypt({ CiphertextBlob: junk }), 'InvalidCiphertextException')
    }
  })

  test('refuse a ciphertext that the named key did not make', async () => {
    const { kms } = house.root
    const [one, other] = [await newKey(house.root), await newKey(house.root)]
    const { CiphertextBlob } = await kms.encrypt({ KeyId: one.id, Plaintext: bytes('a') })
    await refused(
      kms.decrypt({ CiphertextBlob, KeyId: other.id }),
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
  })

  test('know a ciphertext of another Region as little as one of a key that is gone', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await refused(
      house.root.kmsIn('eu-central-1').decrypt({ CiphertextBlob }),
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    )
  })

  test('take no algorithm that the key does not have', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const text = 'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.'
    const wrong = [
      kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionAlgorithm }),
      kms.decrypt({ KeyId: id, CiphertextBlob, EncryptionAlgorithm }),
    ]
    for (const call of wrong) await refused(call, 'InvalidKeyUsageException', text)
    await refused(
      kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionAlgorithm: 'ROT13' as 'SYMMETRIC_DEFAULT' }),
      'ValidationException',
      "1 validation error detected: Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]",
    )
  })

  test('still work after the service has been started anew', async () => {
    const own = await serve()
    const { id } = await newKey(own.root)
    const { CiphertextBlob } = await own.root.kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
    await own.restart()
    expect(textOf((await own.root.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('kept')
    await own.close()
  })
})

describe('ReEncrypt', () => {
  test('brings a ciphertext under another key and encryption context', async () => {
    const { kms } = house.root
    const [from, to] = [await newKey(house.root), await newKey(house.root)]
    const { CiphertextBlob } = await kms.encrypt({
      KeyId: from.id,
      Plaintext: bytes('moved'),
      EncryptionContext: { tenant: 'blue' },
    })
    const moved = await answerOf(
      kms.reEncrypt({
        CiphertextBlob,
        SourceEncryptionContext: { tenant: 'blue' },
        DestinationKeyId: to.id,
        DestinationEncryptionContext: { tenant: 'red' },
      }),
    )
    const current = async (KeyId: string) =>
      (await kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId
    expect(moved).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationKeyMaterialId: await current(to.id),
      KeyId: to.arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyId: from.arn,
      SourceKeyMaterialId: await current(from.id),
    })
    const opened = await kms.decrypt({
      CiphertextBlob: moved.CiphertextBlob,
      EncryptionContext: { tenant: 'red' },
    })
    expect([opened.KeyId, textOf(opened.Plaintext)]).toEqual([to.arn, 'moved'])
  })

  test('needs the source context to be right and the source key to be the one', async () => {
    const { kms } = house.root
    const [from, to] = [await newKey(house.root), await newKey(house.root)]
    const { CiphertextBlob } = await kms.encrypt({
      KeyId: from.id,
      Plaintext: bytes('a'),
      EncryptionContext: { a: 'b' },
    })
    await refused(kms.reEncrypt({ CiphertextBlob, DestinationKeyId: to.id }), 'InvalidCiphertextException')
    await refused(
      kms.reEncrypt({ CiphertextBlob, SourceKeyId: to.id, DestinationKeyId: to.id }),
      'IncorrectKeyException',
    )
  })

  test('needs two permissions, one on each key', async () => {
    const { kms } = house.root
    const [from, to] = [await newKey(house.root), await newKey(house.root)]
    const { CiphertextBlob } = await kms.encrypt({ KeyId: from.id, Plaintext: bytes('a') })
    const mover = await house.user('mover')
    const attempt = () => mover.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: to.id })
    const permit = (...statements: [string, string][]) =>
      house.root.iam.putUserPolicy({
        UserName: 'mover',
        PolicyName: 'moving',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
        }),
      })
    await permit(['kms:ReEncryptTo', to.arn])
    await refused(
      attempt(),
      'AccessDeniedException',
      denial(mover, 'kms:ReEncryptFrom', from.arn, noIdentityPolicy('kms:ReEncryptFrom')),
    )
    await permit(['kms:ReEncryptFrom', from.arn])
    await refused(
      attempt(),
      'AccessDeniedException',
      denial(mover, 'kms:ReEncryptTo', to.arn, noIdentityPolicy('kms:ReEncryptTo')),
    )
    await permit(['kms:ReEncrypt*', from.arn], ['kms:ReEncrypt*', to.arn])
    expect((await attempt()).KeyId).toBe(to.arn)
  })
})

describe('data keys', () => {
  test('come in the clear and encrypted, as long as they were asked for', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const lengths = [
      [{ KeySpec: 'AES_256' }, 32],
      [{ KeySpec: 'AES_128' }, 16],
      [{ NumberOfBytes: 1 }, 1],
      [{ NumberOfBytes: 1024 }, 1024],
    ] as const
    for (const [length, count] of lengths) {
      const made = await answerOf(
        kms.generateDataKey({ KeyId: id, ...length, EncryptionContext: { a: 'b' } }),
      )
      expect(made).toEqual({
        CiphertextBlob: expect.any(Uint8Array),
        KeyId: arn,
        KeyMaterialId: expect.stringMatching(materialId),
        Plaintext: expect.any(Uint8Array),
      })
      const { CiphertextBlob, Plaintext } = made
      expect(Plaintext).toHaveLength(count)
      const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext: { a: 'b' } })
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(Plaintext ?? []))
    }
  })

  test('come only encrypted where nobody needs them yet', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const made = await answerOf(kms.generateDataKeyWithoutPlaintext({ KeyId: id, KeySpec: 'AES_256' }))
    expect(made).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      KeyId: arn,
      KeyMaterialId: expect.stringMatching(materialId),
    })
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: made.CiphertextBlob })
    expect(Plaintext).toHaveLength(32)
    expect(Plaintext?.some((byte) => byte !== 0)).toBe(true)
  })

  test('have their length said once: by a spec or in bytes', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const both = { KeyId: id, KeySpec: 'AES_256', NumberOfBytes: 32 } as const
    for (const call of [kms.generateDataKey(both), kms.generateDataKeyWithoutPlaintext(both)]) {
      await refused(
        call,
        'ValidationException',
        'Please specify either number of bytes or key spec, not both.',
      )
    }
    await refused(
      kms.generateDataKey({ KeyId: id }),
      'ValidationException',
      'Please specify either number of bytes or key spec.',
    )
    await refused(
      kms.generateDataKey({ KeyId: id, NumberOfBytes: 1025 }),
      'ValidationException',
      "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    )
  })
})

describe('GenerateRandom', () => {
  test('gives as many bytes as were asked for, and others each time', async () => {
    const { kms } = house.root
    const one = await answerOf(kms.generateRandom({ NumberOfBytes: 1024 }))
    expect(one).toEqual({ Plaintext: expect.any(Uint8Array) })
    expect(one.Plaintext).toHaveLength(1024)
    expect((await kms.generateRandom({ NumberOfBytes: 1024 })).Plaintext).not.toEqual(one.Plaintext)
  })

  test('must be told how many, knows no custom key store and asks for permission', async () => {
    const { kms } = house.root
    await refused(kms.generateRandom({}), 'ValidationException', 'NumberOfBytes is required.')
    await refused(
      kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: 'cks-1234567890abcdef0' }),
      'CustomKeyStoreNotFoundException',
    )
    const stranger = await house.user('stranger-to-chance')
    await refused(
      stranger.kms.generateRandom({ NumberOfBytes: 1 }),
      'AccessDeniedException',
      `User: ${stranger.arn} is not authorized to perform: kms:GenerateRandom ${noIdentityPolicy('kms:GenerateRandom')}`,
    )
  })
})

async function refusedAsOneOf(call: Promise<unknown>, codes: readonly string[]): Promise<void> {
  const name = await call.then(
    () => 'nothing was refused',
    (error: Error) => error.name,
  )
  expect(codes).toContain(name)
}
