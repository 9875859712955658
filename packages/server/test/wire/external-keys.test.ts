import type { KMS } from '@aws-sdk/client-kms'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { memberAccount } from '../member-account.ts'
import { account, answerOf, bytes, keyPolicy, newKey, refused, type Serving, textOf } from '../serving.ts'
import { connectedStore, newExternalKey, serveWithProxy } from '../xks/key-stores.ts'
import { type Answer, endpoint, error, type TestProxy } from '../xks/proxy.ts'

/** Keys in an external key store, as applications and their administrators know them. */

let serving: Serving
let proxy: TestProxy
let close: () => Promise<void>
let kms: KMS
let CustomKeyStoreId: string

beforeAll(async () => {
  ;({ serving, proxy, close } = await serveWithProxy())
  kms = serving.root.kms
  CustomKeyStoreId = await connectedStore(kms, proxy)
})

afterEach(() => {
  proxy.behave()
  proxy.seen.length = 0
})

afterAll(() => close())

const makeKey = () => newExternalKey(kms, proxy, CustomKeyStoreId)
const EncryptionContext = { tenant: 'blue', purpose: 'orders' }

const flipped = (blob: Uint8Array | undefined, at: number) => {
  const changed = Buffer.from(blob ?? [])
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

describe('a key that is made in an external key store', () => {
  test('is a symmetric key, shown with its key store and its external key', async () => {
    proxy.newKey('shown')
    const made = await answerOf(
      kms.createKey({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: 'shown' }),
    )
    const KeyId = String(made.KeyMetadata?.KeyId)
    expect(made).toEqual({
      KeyMetadata: {
        AWSAccountId: account,
        Arn: `arn:aws:kms:us-east-1:${account}:key/${KeyId}`,
        CreationDate: new Date(serving.clock.now()),
        CustomKeyStoreId,
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        Description: '',
        Enabled: true,
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        KeyId,
        KeyManager: 'CUSTOMER',
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyState: 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
        MultiRegion: false,
        Origin: 'EXTERNAL_KEY_STORE',
        XksKeyConfiguration: { Id: 'shown' },
      },
    })
    expect(await answerOf(kms.describeKey({ KeyId }))).toEqual(made)
  })

  test('had the proxy asked about its external key, for its maker and no key of ours', async () => {
    const { xksKeyId } = await makeKey()
    expect(proxy.seen).toHaveLength(1)
    expect(proxy.seen[0]?.path).toMatch(new RegExp(`/kms/xks/v1/keys/${xksKeyId}/metadata$`))
    expect(proxy.seen[0]?.body).toEqual({
      requestMetadata: {
        awsPrincipalArn: serving.root.arn,
        kmsOperation: 'CreateKey',
        kmsRequestId: expect.any(String),
      },
    })
  })

  test('is not made when its external key is not as it must be', async () => {
    proxy.newKey('short', { spec: 'AES_128' })
    proxy.newKey('disabled', { status: 'DISABLED' })
    proxy.newKey('half', { usages: ['ENCRYPT', 'WRAP'] })
    const making = (XksKeyId: string) =>
      kms.createKey({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId })
    const code = 'XksKeyInvalidConfigurationException'
    await refused(
      making('short'),
      code,
      'The key spec of the external key must be AES_256. The key spec of specified external key is AES_128.',
    )
    await refused(
      making('disabled'),
      code,
      'The status of the external key must be ENABLED. The status of specified external key is DISABLED.',
    )
    await refused(
      making('half'),
      code,
      'The key usage of the external key must include ENCRYPT and DECRYPT. The key use of specified external key is ENCRYPT, WRAP.',
    )
    await refused(
      making('absent'),
      'XksKeyNotFoundException',
      'The external key store proxy rejected the request because it could not find the external key.',
    )
    proxy.seen.length = 0
    await refused(making('..'), 'XksKeyNotFoundException')
    expect(proxy.seen).toEqual([])
  })

  test.each([
    ['AuthenticationFailedException', 'CustomKeyStoreInvalidStateException'],
    ['AccessDeniedException', 'CustomKeyStoreInvalidStateException'],
    ['InternalException', 'CustomKeyStoreInvalidStateException'],
    ['InvalidStateException', 'XksKeyInvalidConfigurationException'],
    ['ThrottlingException', 'CustomKeyStoreInvalidStateException'],
  ])('is not made when the proxy says %s', async (name, code) => {
    proxy.misbehave(() => error(name))
    const XksKeyId = `for-${name}`
    await refused(kms.createKey({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId }), code)
  })

  test('has its external key to itself, though two keys are made at once', async () => {
    proxy.newKey('wanted')
    const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: 'wanted' } as const
    const outcomes = await Promise.allSettled([kms.createKey(input), kms.createKey(input)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await refused(kms.createKey(input), 'XksKeyAlreadyInUseException')
  })

  test('needs a connected key store of its own type', async () => {
    const input = { Origin: 'EXTERNAL_KEY_STORE', XksKeyId: 'any' } as const
    await refused(
      kms.createKey({ ...input, CustomKeyStoreId: 'cks-1' }),
      'CustomKeyStoreNotFoundException',
      'Custom key store cks-1 does not exist',
    )
    await refused(kms.createKey({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId }), 'ValidationException')
    const store = await connectedStore(kms, proxy)
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId: store })
    await refused(kms.createKey({ ...input, CustomKeyStoreId: store }), 'CustomKeyStoreInvalidStateException')
  })

  test('needs both a key store and an external key, and nothing that no key there can have', async () => {
    const Origin = 'EXTERNAL_KEY_STORE'
    const XksKeyId = 'any'
    await refused(kms.createKey({ Origin, XksKeyId }), 'ValidationException', /^CustomKeyStoreId is required/)
    await refused(kms.createKey({ Origin, CustomKeyStoreId }), 'ValidationException', /^XksKeyId is required/)
    await refused(kms.createKey({ XksKeyId }), 'ValidationException', /^XksKeyId is not valid/)
    await refused(
      kms.createKey({ CustomKeyStoreId }),
      'ValidationException',
      /^CustomKeyStoreId is not valid/,
    )
    const whole = { Origin, CustomKeyStoreId, XksKeyId } as const
    await refused(kms.createKey({ ...whole, MultiRegion: true }), 'UnsupportedOperationException')
    const hmac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const
    await refused(kms.createKey({ ...whole, ...hmac }), 'UnsupportedOperationException')
  })
})

describe('such a key', () => {
  test('encrypts, and decrypts with the same encryption context only', async () => {
    const { id: KeyId, arn } = await makeKey()
    const { CiphertextBlob, ...encrypted } = await answerOf(
      kms.encrypt({ KeyId, Plaintext: bytes('secret'), EncryptionContext }),
    )
    expect(encrypted).toEqual({ KeyId: arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' })
    const decrypted = await kms.decrypt({ CiphertextBlob, EncryptionContext })
    expect(textOf(decrypted.Plaintext)).toBe('secret')
    expect(decrypted.KeyId).toBe(arn)
    expect(decrypted.KeyMaterialId).toMatch(/^[0-9a-f]{64}$/)
    await refused(
      kms.decrypt({ CiphertextBlob, EncryptionContext: { tenant: 'red' } }),
      'KMSInvalidStateException',
      'The external key store proxy rejected the request because the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.',
    )
    await refused(kms.decrypt({ CiphertextBlob }), 'KMSInvalidStateException')
  })

  test('takes as much as any other: 4096 bytes, with an encryption context of 8192 characters', async () => {
    const { id: KeyId } = await makeKey()
    const Plaintext = Buffer.alloc(4096, 7)
    const long = Object.fromEntries(
      Array.from({ length: 512 }, (_, at) => [`${at}`.padStart(8, '0'), 'v'.repeat(8)]),
    )
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext, EncryptionContext: long })
    expect(CiphertextBlob?.length).toBeLessThanOrEqual(6144)
    const decrypted = await kms.decrypt({ CiphertextBlob, EncryptionContext: long })
    expect(Buffer.from(decrypted.Plaintext ?? []).equals(Plaintext)).toBe(true)
  })

  test('makes data keys', async () => {
    const { id: KeyId } = await makeKey()
    const made = await kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext })
    const opened = await kms.decrypt({ CiphertextBlob: made.CiphertextBlob, EncryptionContext })
    expect(opened.Plaintext).toEqual(made.Plaintext)
    const sealed = await kms.generateDataKeyWithoutPlaintext({ KeyId, NumberOfBytes: 24 })
    expect((await kms.decrypt({ CiphertextBlob: sealed.CiphertextBlob })).Plaintext).toHaveLength(24)
  })

  test('is one end of ReEncrypt, or both', async () => {
    const one = await makeKey()
    const other = await makeKey()
    const ordinary = await newKey(serving.root)
    let { CiphertextBlob } = await kms.encrypt({ KeyId: ordinary.id, Plaintext: bytes('moving') })
    for (const DestinationKeyId of [one.id, other.id, ordinary.id]) {
      ;({ CiphertextBlob } = await kms.reEncrypt({ CiphertextBlob, DestinationKeyId }))
    }
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('moving')
    expect(proxy.seen.slice(2).map(({ path }) => path.split('/').at(-1))).toEqual([
      'encrypt',
      'decrypt',
      'encrypt',
      'decrypt',
    ])
  })

  test('gives the proxy neither plaintext nor encryption context to read, and tells it who uses the key for what', async () => {
    const { id: KeyId, arn, xksKeyId } = await makeKey()
    const user = await serving.user('reader', 'kms:GenerateDataKey')
    proxy.seen.length = 0
    const { Plaintext, $metadata } = await user.kms.generateDataKey({
      KeyId,
      KeySpec: 'AES_256',
      EncryptionContext,
    })
    expect(proxy.seen).toHaveLength(1)
    const { path, body } = proxy.seen[0] ?? {}
    expect(path).toMatch(new RegExp(`/keys/${xksKeyId}/encrypt$`))
    expect(body.requestMetadata).toEqual({
      awsPrincipalArn: user.arn,
      kmsKeyArn: arn,
      kmsOperation: 'GenerateDataKey',
      kmsRequestId: $metadata.requestId,
    })
    const sent = Buffer.from(body.plaintext, 'base64')
    expect(sent).toHaveLength(32 + 80)
    expect(sent.includes(Buffer.from(Plaintext ?? []))).toBe(false)
    expect(Buffer.from(body.additionalAuthenticatedData, 'base64').includes('orders')).toBe(false)
  })

  test('opens nothing that was changed, whichever part', async () => {
    const { id: KeyId } = await makeKey()
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('secret') })
    const length = CiphertextBlob?.length ?? 0
    // Material id, then of the outer layer: its length of the vector, vector, tag, length of metadata, metadata, ciphertext.
    const codes = []
    for (const at of [30, 57, 58, 70, 86, 87, 100, length - 1]) {
      const changed = flipped(CiphertextBlob, at)
      codes.push(await kms.decrypt({ CiphertextBlob: changed, KeyId }).catch((thrown: Error) => thrown.name))
    }
    expect([...new Set(codes)].sort()).toEqual(['InvalidCiphertextException', 'KMSInvalidStateException'])
  })

  test('opens nothing of another key, nor what only claims to be made by one of its kind', async () => {
    const one = await makeKey()
    const other = await makeKey()
    const { CiphertextBlob } = await kms.encrypt({ KeyId: one.id, Plaintext: bytes('secret') })
    await refused(kms.decrypt({ CiphertextBlob, KeyId: other.id }), 'IncorrectKeyException')
    const ordinary = await newKey(serving.root)
    const own = await kms.encrypt({ KeyId: ordinary.id, Plaintext: bytes('secret') })
    const as = (algorithm: number, blob: Uint8Array | undefined) =>
      Buffer.from(blob ?? []).fill(algorithm, 1, 2)
    proxy.seen.length = 0
    for (const disguised of [as(2, own.CiphertextBlob), as(1, CiphertextBlob)]) {
      await refused(kms.decrypt({ CiphertextBlob: disguised }), 'InvalidCiphertextException')
    }
    expect(proxy.seen).toEqual([])
  })

  test('does not believe a proxy that opens something else', async () => {
    const { id: KeyId } = await makeKey()
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('secret') })
    proxy.misbehave((honest) => {
      const { status, body } = honest()
      const length = Buffer.from(String((body as { plaintext: string }).plaintext), 'base64').length
      return { status, body: { plaintext: Buffer.alloc(length).toString('base64') } }
    })
    await refused(
      kms.decrypt({ CiphertextBlob }),
      'KMSInvalidStateException',
      'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.',
    )
  })

  test('is decided about like any other before the proxy hears of it', async () => {
    const { id: KeyId } = await makeKey()
    await kms.putKeyPolicy({
      KeyId,
      Policy: keyPolicy({ Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt' }),
    })
    proxy.seen.length = 0
    await refused(kms.encrypt({ KeyId, Plaintext: bytes('secret') }), 'AccessDeniedException')
    expect(proxy.seen).toEqual([])
  })

  test('has no use for what only keys of our own can do', async () => {
    const { id: KeyId } = await makeKey()
    const attempts = [
      () => kms.enableKeyRotation({ KeyId }),
      () => kms.disableKeyRotation({ KeyId }),
      () => kms.getKeyRotationStatus({ KeyId }),
      () => kms.listKeyRotations({ KeyId }),
      () => kms.rotateKeyOnDemand({ KeyId }),
      () => kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
      () => kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
      () =>
        kms.getParametersForImport({
          KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_2048',
        }),
    ]
    for (const attempt of attempts) await refused(attempt(), 'UnsupportedOperationException')
  })
})

describe('when something is wrong outside', () => {
  test.each([
    ['ValidationException', /^AWS KMS cannot interpret the response/],
    ['InvalidStateException', /the external key is not enabled in the external key manager\.$/],
    ['InvalidKeyUsageException', /the external key does not support the requested operation\.$/],
    ['AuthenticationFailedException', /it could not authenticate AWS KMS\./],
    ['AccessDeniedException', /^The external key store proxy denied access to the operation\./],
    ['KeyNotFoundException', /it could not find the external key\.$/],
    ['InvalidUriPathException', /an invalid URI path\./],
    ['UnsupportedOperationException', /it does not support the requested cryptographic operation\.$/],
    ['DependencyTimeoutException', /did not respond to the request in the time allotted\./],
    ['ThrottlingException', /due to a very high request rate\./],
    ['InternalException', /it cannot communicate with the external key manager\./],
  ])('%s of a proxy is the state of the key being wrong, in words of its own', async (name, words) => {
    const { id: KeyId } = await makeKey()
    proxy.misbehave(() => error(name))
    await refused(kms.encrypt({ KeyId, Plaintext: bytes('secret') }), 'KMSInvalidStateException', words)
  })

  test('nobody there, or an answer that is none, too', async () => {
    const { id: KeyId } = await makeKey()
    proxy.misbehave(() => 'hang up')
    const attempt = () => kms.generateDataKey({ KeyId, KeySpec: 'AES_128' })
    await refused(attempt(), 'KMSInvalidStateException', /^AWS KMS cannot communicate with/)
    proxy.misbehave((honest: () => Answer) => {
      const { status, body } = honest()
      return { status, body: { ...(body as object), authenticationTag: Buffer.alloc(16).toString('base64') } }
    })
    await refused(attempt(), 'KMSInvalidStateException', /^AWS KMS cannot interpret the response/)
  })

  test('a key that waits for its proxy keeps no other waiting', async () => {
    const one = await makeKey()
    const other = await makeKey()
    const ordinary = await newKey(serving.root)
    proxy.seen.length = 0
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    proxy.misbehave((honest) => gate.then(honest), 1)
    const waiting = kms.encrypt({ KeyId: one.id, Plaintext: bytes('slow') })
    await vi.waitFor(() => expect(proxy.seen).toHaveLength(1))
    await kms.encrypt({ KeyId: other.id, Plaintext: bytes('quick') })
    await kms.encrypt({ KeyId: ordinary.id, Plaintext: bytes('quicker') })
    open()
    const { CiphertextBlob } = await waiting
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('slow')
  })

  test('the record names key store and external key, and says what was answered', async () => {
    const { id: KeyId, xksKeyId } = await makeKey()
    proxy.misbehave(() => error('InternalException'))
    const thrown = await kms.encrypt({ KeyId, Plaintext: bytes('secret') }).catch((each) => each)
    const { requestId } = thrown.$metadata
    const record = (await recordsIn(serving.dataDir)).find(({ requestID }) => requestID === requestId)
    expect(record).toMatchObject({
      eventName: 'Encrypt',
      errorCode: 'KMSInvalidStateException',
      errorMessage: thrown.message,
      additionalEventData: { customKeyStoreId: CustomKeyStoreId, xksKeyId },
    })
  })

  test('the record of a caller of another account does not say where the owner keeps the key', async () => {
    const guest = await memberAccount(serving, 'guest')
    const mallory = await guest.user('mallory', 'kms:*')
    const { id: KeyId, arn, xksKeyId } = await makeKey()
    const Principal = { AWS: guest.rootArn }
    const statement = { Sid: 'Guests', Effect: 'Allow', Principal, Action: 'kms:Encrypt' } as const
    await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(statement) })
    const { $metadata } = await mallory.kms.encrypt({ KeyId: arn, Plaintext: bytes('secret') })
    const records = (await recordsIn(serving.dataDir)).filter(
      ({ requestID }) => requestID === $metadata.requestId,
    )
    expect(records.map(({ recipientAccountId }) => recipientAccountId)).toEqual([guest.id, account])
    const [callers, owners] = records
    expect(JSON.stringify(callers)).not.toContain(CustomKeyStoreId)
    expect(JSON.stringify(callers)).not.toContain(xksKeyId)
    expect(owners).toMatchObject({ additionalEventData: { customKeyStoreId: CustomKeyStoreId, xksKeyId } })
  })

  test('a proxy that does not answer is given 250 milliseconds, twice', async () => {
    const hurried = await serveWithProxy({ timeLimit: '250' })
    try {
      const store = await connectedStore(hurried.serving.root.kms, hurried.proxy)
      const { id: KeyId } = await newExternalKey(hurried.serving.root.kms, hurried.proxy, store)
      hurried.proxy.seen.length = 0
      hurried.proxy.misbehave(() => 'silence')
      await refused(
        hurried.serving.root.kms.encrypt({ KeyId, Plaintext: bytes('secret') }),
        'KMSInvalidStateException',
        'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.',
      )
      expect(hurried.proxy.seen).toHaveLength(2)
    } finally {
      await hurried.close()
    }
  })
})

describe('while its key store is disconnected', () => {
  test('a key is unavailable: it can be managed, and not used', async () => {
    const store = await connectedStore(kms, proxy)
    const { id: KeyId, arn } = await newExternalKey(kms, proxy, store)
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('secret') })
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId: store })
    proxy.seen.length = 0
    expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'Unavailable',
      Enabled: false,
    })
    const unavailable = `${arn} is unavailable.`
    await refused(kms.decrypt({ CiphertextBlob }), 'KMSInvalidStateException', unavailable)
    await refused(kms.encrypt({ KeyId, Plaintext: bytes('more') }), 'KMSInvalidStateException', unavailable)
    await refused(kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }), 'KMSInvalidStateException', unavailable)
    await kms.updateKeyDescription({ KeyId, Description: 'waits' })
    await kms.createAlias({ AliasName: 'alias/waiting', TargetKeyId: KeyId })
    expect(proxy.seen).toEqual([])

    await kms.connectCustomKeyStore({ CustomKeyStoreId: store })
    expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'Enabled',
      Enabled: true,
    })
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('secret')
  })

  test('disabling a key shows when it is available again', async () => {
    const store = await connectedStore(kms, proxy)
    const { id: KeyId, arn } = await newExternalKey(kms, proxy, store)
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId: store })
    await kms.disableKey({ KeyId })
    expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Unavailable' })
    await kms.connectCustomKeyStore({ CustomKeyStoreId: store })
    await refused(kms.encrypt({ KeyId, Plaintext: bytes('no') }), 'DisabledException', `${arn} is disabled.`)
  })

  test('a key that is going to be deleted stays so, and may be kept', async () => {
    const store = await connectedStore(kms, proxy)
    const { id: KeyId } = await newExternalKey(kms, proxy, store)
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId: store })
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({ KeyState: 'PendingDeletion' })
    await kms.cancelKeyDeletion({ KeyId })
    expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Unavailable' })
  })
})

test('ciphertexts open after a restart, after the credential was changed and after the key store moved', async () => {
  const { id: KeyId } = await makeKey()
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('secret') })
  await serving.restart()
  expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('secret')
  const { RawSecretAccessKey } = proxy.credential
  proxy.changeSecret()
  await refused(kms.decrypt({ CiphertextBlob }), 'KMSInvalidStateException', /could not authenticate AWS KMS/)
  const XksProxyAuthenticationCredential = proxy.credential
  expect(XksProxyAuthenticationCredential.RawSecretAccessKey).not.toBe(RawSecretAccessKey)
  await kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyAuthenticationCredential })
  expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('secret')
  await kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriPath: proxy.newPath('elsewhere') })
  await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
  await kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriEndpoint: endpoint })
  await kms.connectCustomKeyStore({ CustomKeyStoreId })
  expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('secret')
})
