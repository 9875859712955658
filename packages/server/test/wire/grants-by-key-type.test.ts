import type { CreateKeyRequest, GrantOperation } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKey, refused, type Serving, serve, type User } from '../serving.ts'
import { newKeyUse, valuesOf } from './key-uses.ts'

/** What a grant can allow depends on what the key is for and what it is made of. */

let house: Serving
let grantee: User
beforeAll(async () => {
  house = await serve()
  grantee = await house.user('grantee')
})
afterAll(() => house.close())

const allOperations = valuesOf<GrantOperation>('GrantOperation')

/** Operations that use a key; ReEncrypt goes by two permissions, and a grant of each is needed. */
const uses: Readonly<Record<string, readonly GrantOperation[]>> = {
  ...Object.fromEntries(
    valuesOf<GrantOperation>('KeyLastUsageTrackingOperation').map((operation) => [operation, [operation]]),
  ),
  ReEncrypt: ['ReEncryptFrom', 'ReEncryptTo'],
}

describe('a grant', () => {
  test.each(Object.entries(uses))('lets its grantee %s, and nobody else', async (operation, granted) => {
    const { kms } = house.root
    const { keyIds, call } = await newKeyUse(house.root, operation)
    await refused(call(grantee.kms), 'AccessDeniedException')
    for (const KeyId of keyIds) {
      await kms.createGrant({ KeyId, GranteePrincipal: grantee.arn, Operations: [...granted] })
    }
    await call(grantee.kms)
    const other = await house.user(`not-the-grantee-of-${operation}`)
    await refused(call(other.kms), 'AccessDeniedException')
  })

  test('lets its grantee fetch the public key of a pair', async () => {
    const { id } = await newKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const grant = { KeyId: id, GranteePrincipal: grantee.arn, Operations: ['GetPublicKey' as const] }
    await house.root.kms.createGrant(grant)
    expect((await grantee.kms.getPublicKey({ KeyId: id })).KeySpec).toBe('ECC_NIST_P256')
    await refused(grantee.kms.describeKey({ KeyId: id }), 'AccessDeniedException')
  })
})

const ofEveryKey = ['CreateGrant', 'RetireGrant', 'DescribeKey'] as const
const ofCiphertexts = ['Decrypt', 'Encrypt', 'ReEncryptFrom', 'ReEncryptTo'] as const

/** Keys, and the operations that AWS documents for grants on them. */
const kinds: readonly (readonly [key: CreateKeyRequest, operations: readonly GrantOperation[]])[] = [
  [
    { KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' },
    [
      ...ofCiphertexts,
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'GenerateDataKeyPair',
      'GenerateDataKeyPairWithoutPlaintext',
    ],
  ],
  [{ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }, [...ofCiphertexts, 'GetPublicKey']],
  [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, ['Sign', 'Verify', 'GetPublicKey']],
  [{ KeySpec: 'ECC_NIST_P384', KeyUsage: 'KEY_AGREEMENT' }, ['DeriveSharedSecret', 'GetPublicKey']],
  [
    { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
    ['Encapsulate', 'Decapsulate', 'GetPublicKey'],
  ],
  [{ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, ['GenerateMac', 'VerifyMac']],
]
const shown = kinds.map(([key, operations]) => ({ ...key, key, operations: [...operations, ...ofEveryKey] }))

describe('a grant on a key', () => {
  test.each(shown)('of $KeySpec for $KeyUsage allows what that can do', async ({ key, operations }) => {
    const { id: KeyId, arn } = await newKey(house.root, key)
    const grant = (Operations: GrantOperation[]) =>
      house.root.kms.createGrant({ KeyId, GranteePrincipal: grantee.arn, Operations })
    const { GrantId } = await grant(operations)
    const { Grants } = await house.root.kms.listGrants({ KeyId, GrantId })
    expect(Grants?.[0]?.Operations?.toSorted()).toEqual(operations.toSorted())
    for (const operation of allOperations.filter((each) => !operations.includes(each))) {
      await refused(
        grant([operation]),
        'ValidationException',
        `Grant operation ${operation} is not supported by ${arn} (key spec ${key.KeySpec}, key usage ${key.KeyUsage})`,
      )
    }
  })

  test.each(shown)('of $KeySpec for $KeyUsage binds an encryption context only where there is one', async ({
    key,
  }) => {
    const { id: KeyId } = await newKey(house.root, key)
    const grants = [
      { EncryptionContextEquals: { tenant: 'blue' } },
      { EncryptionContextSubset: { tenant: 'blue' } },
    ].map((Constraints) =>
      house.root.kms.createGrant({
        KeyId,
        GranteePrincipal: grantee.arn,
        Operations: ['DescribeKey'],
        Constraints,
      }),
    )
    for (const grant of grants) {
      if (key.KeySpec === 'SYMMETRIC_DEFAULT') await grant
      else await refused(grant, 'ValidationException', /^Encryption context constraints are not supported/)
    }
  })
})
