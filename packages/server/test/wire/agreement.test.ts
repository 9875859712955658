import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import type { KeySpec } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerOf, bytes, newKey, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const KeyAgreementAlgorithm = 'ECDH'
const agreeing = (KeySpec: KeySpec) => newKey(house.root, { KeySpec, KeyUsage: 'KEY_AGREEMENT' })
const publicKeyOf = async (KeyId: string) => (await house.root.kms.getPublicKey({ KeyId })).PublicKey

describe('a shared secret', () => {
  test.each([
    ['ECC_NIST_P256', 32],
    ['ECC_NIST_P384', 48],
    ['ECC_NIST_P521', 66],
    ['SM2', 32],
  ] as const)('of two keys on %s is the same %i bytes from both sides', async (spec, length) => {
    const { kms } = house.root
    const [one, other] = [await agreeing(spec), await agreeing(spec)]
    const derive = async (KeyId: string, peer: string) =>
      answerOf(kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey: await publicKeyOf(peer) }))
    const { SharedSecret, ...shown } = await derive(one.id, other.id)
    expect(shown).toEqual({ KeyId: one.arn, KeyAgreementAlgorithm, KeyOrigin: 'AWS_KMS' })
    expect(SharedSecret).toHaveLength(length)
    expect((await derive(other.id, one.id)).SharedSecret).toEqual(SharedSecret)
  })

  test('is the one that the other side derives without us', async () => {
    const { id: KeyId } = await agreeing('ECC_NIST_P384')
    const peer = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
    const PublicKey = peer.publicKey.export({ format: 'der', type: 'spki' })
    const { SharedSecret } = await house.root.kms.deriveSharedSecret({
      KeyId,
      KeyAgreementAlgorithm,
      PublicKey,
    })
    const ours = createPublicKey({
      key: Buffer.from((await publicKeyOf(KeyId)) ?? []),
      format: 'der',
      type: 'spki',
    })
    expect(Buffer.from(SharedSecret ?? [])).toEqual(
      diffieHellman({ privateKey: peer.privateKey, publicKey: ours }),
    )
  })

  test('is refused for a public key that is none, or on another curve', async () => {
    const { id: KeyId } = await agreeing('ECC_NIST_P256')
    const exported = (namedCurve: string) =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' })
    const offCurve = exported('prime256v1').fill(1, 30)
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    for (const PublicKey of [
      bytes('InvalidPublicKey'),
      exported('secp384r1'),
      exported('secp256k1'),
      offCurve,
      rsa.export({ format: 'der', type: 'spki' }),
      Buffer.concat([exported('prime256v1'), Buffer.of(0)]),
    ]) {
      const call = house.root.kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey })
      await refused(call, 'ValidationException')
    }
  })

  test('needs a key that was made for it', async () => {
    const { id: KeyId, arn } = await newKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const PublicKey = await publicKeyOf(KeyId)
    await refused(
      house.root.kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey }),
      'InvalidKeyUsageException',
      `${arn} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
    )
  })

  test('is not derived with a key that is disabled, nor in a dry run', async () => {
    const { id: KeyId, arn } = await agreeing('ECC_NIST_P256')
    const input = { KeyId, KeyAgreementAlgorithm, PublicKey: await publicKeyOf(KeyId) } as const
    await refused(house.root.kms.deriveSharedSecret({ ...input, DryRun: true }), 'DryRunOperationException')
    await house.root.kms.disableKey({ KeyId })
    await refused(house.root.kms.deriveSharedSecret(input), 'DisabledException', `${arn} is disabled.`)
  })

  test('may be allowed by its algorithm', async () => {
    const { id: KeyId } = await agreeing('ECC_NIST_P256')
    const user = await house.user('agreeing')
    const input = { KeyId, KeyAgreementAlgorithm, PublicKey: await publicKeyOf(KeyId) } as const
    const allowing = (algorithm: string) => {
      const Condition = { StringEquals: { 'kms:KeyAgreementAlgorithm': algorithm } }
      const statement = { Effect: 'Allow', Action: 'kms:DeriveSharedSecret', Resource: '*', Condition }
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
      return house.root.iam.putUserPolicy({ UserName: 'agreeing', PolicyName: 'p', PolicyDocument })
    }
    await allowing('something else')
    await refused(user.kms.deriveSharedSecret(input), 'AccessDeniedException')
    await allowing('ECDH')
    expect((await user.kms.deriveSharedSecret(input)).SharedSecret).toHaveLength(32)
  })
})
