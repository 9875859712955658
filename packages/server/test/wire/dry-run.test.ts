import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../src/protocol/services.ts'
import { recordsIn } from '../audit/read-records.ts'
import {
  bytes,
  denial,
  newKey,
  noIdentityPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
  textOf,
  type User,
} from '../serving.ts'
import { newKeyUse, newLetter, toAuthenticate } from './key-uses.ts'

let house: Serving
let stranger: User
beforeAll(async () => {
  house = await serve()
  stranger = await house.user('stranger')
})
afterAll(() => house.close())

const wouldHave = 'The request would have succeeded, but the DryRun option is set.'

/** Operations that the service model gives a dry run. */
const dryRunnable = Object.entries(services.kms.model.operations)
  .filter(([, { input }]) => {
    const shape = input === undefined ? undefined : services.kms.model.shapes[input]
    return shape?.type === 'structure' && 'DryRun' in shape.members
  })
  .map(([name]) => name)

describe('a dry run', () => {
  test.each(dryRunnable)('of %s says that it would have been done, and does nothing', async (name) => {
    const { call } = await newKeyUse(house.root, name)
    const { kms } = house.root
    await refused(call(kms, true), 'DryRunOperationException', wouldHave)
    // What it would have done can still be done: no grant was retired or revoked by it.
    await call(kms, false)
  })

  test.each(dryRunnable)('of %s is refused to whoever may not do the real thing', async (name) => {
    const { call } = await newKeyUse(house.root, name)
    await refused(call(stranger.kms, true), 'AccessDeniedException')
  })

  test('makes no grant', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    const grant = { KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt' as const], DryRun: true }
    await refused(kms.createGrant(grant), 'DryRunOperationException')
    expect((await kms.listGrants({ KeyId })).Grants).toEqual([])
  })

  test('is refused for what the real thing is refused for', async () => {
    const { kms } = house.root
    const mac = await toAuthenticate(house.root)
    await refused(kms.verifyMac({ ...mac, Mac: bytes('a'), DryRun: true }), 'KMSInvalidMacException')
    await refused(
      kms.generateMac({ ...mac, MacAlgorithm: 'HMAC_SHA_512', DryRun: true }),
      'InvalidKeyUsageException',
    )
    const { KeyId, CiphertextBlob } = await newLetter(house.root)
    const other = await newKey(house.root)
    await refused(kms.decrypt({ KeyId: other.id, CiphertextBlob, DryRun: true }), 'IncorrectKeyException')
    await refused(
      kms.decrypt({ CiphertextBlob, EncryptionContext: { a: 'b' }, DryRun: true }),
      'InvalidCiphertextException',
    )
    await kms.disableKey({ KeyId })
    await refused(
      kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'RSA_4096', DryRun: true }),
      'DisabledException',
    )
  })

  test('is in the journal as what it was', async () => {
    const { KeyId, CiphertextBlob, arn } = await newLetter(house.root)
    await refused(house.root.kms.decrypt({ KeyId, CiphertextBlob, DryRun: true }), 'DryRunOperationException')
    expect((await recordsIn(house.dataDir)).at(-1)).toMatchObject({
      eventName: 'Decrypt',
      errorCode: 'DryRunOperationException',
      errorMessage: wouldHave,
      responseElements: null,
      resources: [{ ARN: arn }],
    })
  })
})

describe('a dry run that ignores the ciphertext', () => {
  const ignoring = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT' as const] }

  test('asks for permission to decrypt, without anything to decrypt', async () => {
    const { id: KeyId, arn } = await newKey(house.root)
    await refused(house.root.kms.decrypt({ KeyId, ...ignoring }), 'DryRunOperationException', wouldHave)
    await refused(
      stranger.kms.decrypt({ KeyId, ...ignoring }),
      'AccessDeniedException',
      denial(stranger, 'kms:Decrypt', arn, noIdentityPolicy('kms:Decrypt')),
    )
  })

  test('and for both permissions that ReEncrypt needs', async () => {
    const [source, destination] = [await newKey(house.root), await newKey(house.root)]
    const asked = { SourceKeyId: source.id, DestinationKeyId: destination.id, ...ignoring }
    await refused(house.root.kms.reEncrypt(asked), 'DryRunOperationException', wouldHave)
    const halfway = await house.user('halfway', 'kms:ReEncryptFrom')
    const action = 'kms:ReEncryptTo'
    await refused(
      halfway.kms.reEncrypt(asked),
      'AccessDeniedException',
      denial(halfway, action, destination.arn, noIdentityPolicy(action)),
    )
  })

  test('looks at no ciphertext that comes with it', async () => {
    const { CiphertextBlob } = await newLetter(house.root)
    const other = await newKey(house.root)
    for (const blob of [CiphertextBlob, bytes('junk')]) {
      await refused(
        house.root.kms.decrypt({ KeyId: other.id, CiphertextBlob: blob, ...ignoring }),
        'DryRunOperationException',
      )
    }
  })

  test('still goes by conditions on the encryption context', async () => {
    const { id: KeyId } = await newKey(house.root)
    const blue = await house.user('blue')
    await house.root.iam.putUserPolicy({
      UserName: 'blue',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'blue' } },
        },
      }),
    })
    const decrypt = (tenant: string) =>
      blue.kms.decrypt({ KeyId, EncryptionContext: { tenant }, ...ignoring })
    await refused(decrypt('blue'), 'DryRunOperationException')
    await refused(decrypt('red'), 'AccessDeniedException')
  })

  test('needs to be told the key, which no ciphertext tells', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const text = 'KeyId must not be null'
    await refused(kms.decrypt(ignoring), 'ValidationException', text)
    await refused(kms.reEncrypt({ DestinationKeyId: id, ...ignoring }), 'ValidationException', text)
  })

  test('is refused for a key that could not decrypt now', async () => {
    const { kms } = house.root
    const { id: KeyId, arn } = await newKey(house.root)
    await kms.disableKey({ KeyId })
    await refused(kms.decrypt({ KeyId, ...ignoring }), 'DisabledException', `${arn} is disabled.`)
    const mac = await toAuthenticate(house.root)
    await refused(kms.decrypt({ KeyId: mac.KeyId, ...ignoring }), 'InvalidKeyUsageException')
  })

  test('is one only if it says that it is a dry run', async () => {
    const { kms } = house.root
    const { KeyId, CiphertextBlob } = await newLetter(house.root)
    const { DryRunModifiers } = ignoring
    const { Plaintext } = await kms.decrypt({ CiphertextBlob, DryRunModifiers })
    expect(textOf(Plaintext)).toBe('meet me at noon')
    await refused(
      kms.decrypt({ KeyId, DryRunModifiers }),
      'ValidationException',
      "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    )
  })
})
