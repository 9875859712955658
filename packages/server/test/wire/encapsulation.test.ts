import { createPublicKey, encapsulate } from 'node:crypto'
import type { KeySpec } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerOf, bytes, newKey, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const EncapsulationAlgorithm = 'ML_KEM'
const kemKey = (KeySpec: KeySpec) => newKey(house.root, { KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' })

describe('an encapsulated secret', () => {
  test.each([
    ['ML_KEM_512', 768],
    ['ML_KEM_768', 1088],
    ['ML_KEM_1024', 1568],
  ] as const)('of %s comes back out of its ciphertext of %i bytes', async (spec, length) => {
    const { kms } = house.root
    const { id: KeyId, arn } = await kemKey(spec)
    const made = await answerOf(kms.encapsulate({ KeyId, EncapsulationAlgorithm }))
    const { SharedSecret, SharedSecretCiphertextBlob, ...shown } = made
    expect(shown).toEqual({ KeyId: arn, EncapsulationAlgorithm })
    expect(SharedSecretCiphertextBlob).toHaveLength(length)
    expect(SharedSecret).toHaveLength(32)
    const input = { KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm } as const
    expect(await answerOf(kms.decapsulate(input))).toEqual({
      KeyId: arn,
      SharedSecret,
      EncapsulationAlgorithm,
    })
  })

  test('may be made elsewhere, with the public key', async () => {
    const { kms } = house.root
    const { id: KeyId } = await kemKey('ML_KEM_768')
    const { PublicKey } = await kms.getPublicKey({ KeyId })
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
    const { sharedKey, ciphertext } = encapsulate(key)
    const input = { KeyId, SharedSecretCiphertextBlob: ciphertext, EncapsulationAlgorithm } as const
    expect(Buffer.from((await kms.decapsulate(input)).SharedSecret ?? [])).toEqual(Buffer.from(sharedKey))
  })

  test('is another one out of a changed ciphertext, and none out of one of the wrong length', async () => {
    const { kms } = house.root
    const { id: KeyId } = await kemKey('ML_KEM_512')
    const { SharedSecret, SharedSecretCiphertextBlob } = await kms.encapsulate({
      KeyId,
      EncapsulationAlgorithm,
    })
    const ciphertext = Buffer.from(SharedSecretCiphertextBlob ?? [])
    const input = (blob: Uint8Array) =>
      ({ KeyId, SharedSecretCiphertextBlob: blob, EncapsulationAlgorithm }) as const
    const changed = Buffer.from(ciphertext)
    changed.set([(changed[0] ?? 0) ^ 1])
    const rejected = await kms.decapsulate(input(changed))
    expect(rejected.SharedSecret).toHaveLength(32)
    expect(rejected.SharedSecret).not.toEqual(SharedSecret)
    for (const wrong of [ciphertext.subarray(1), Buffer.concat([ciphertext, bytes('x')])])
      await refused(kms.decapsulate(input(wrong)), 'InvalidCiphertextException')
  })

  test('is made by no key that is disabled, pending deletion or for something else', async () => {
    const { kms } = house.root
    const { id: KeyId, arn } = await kemKey('ML_KEM_512')
    const { SharedSecretCiphertextBlob } = await kms.encapsulate({ KeyId, EncapsulationAlgorithm })
    const calls = () => [
      kms.encapsulate({ KeyId, EncapsulationAlgorithm }),
      kms.decapsulate({ KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm }),
    ]
    await kms.disableKey({ KeyId })
    for (const call of calls()) await refused(call, 'DisabledException', `${arn} is disabled.`)
    await kms.scheduleKeyDeletion({ KeyId })
    for (const call of calls()) await refused(call, 'KMSInvalidStateException', `${arn} is pending deletion.`)
    const signing = await newKey(house.root, { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY' })
    await refused(
      kms.encapsulate({ KeyId: signing.id, EncapsulationAlgorithm }),
      'InvalidKeyUsageException',
      `${signing.arn} key usage is SIGN_VERIFY which is not valid for Encapsulate.`,
    )
  })

  test('is not made in a dry run, and takes the permission of its own action', async () => {
    const { id: KeyId } = await kemKey('ML_KEM_512')
    const dry = { KeyId, EncapsulationAlgorithm, DryRun: true } as const
    await refused(house.root.kms.encapsulate(dry), 'DryRunOperationException')
    const sender = await house.user('sender', 'kms:Encapsulate')
    const { SharedSecretCiphertextBlob } = await sender.kms.encapsulate({ KeyId, EncapsulationAlgorithm })
    const input = { KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm } as const
    await refused(sender.kms.decapsulate(input), 'AccessDeniedException')
  })
})
