import { type AddressInfo, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ProxyFailure } from '../../src/xks/proxy-failure.ts'
import {
  type ExternalKeyUse,
  XksProxies,
  type XksProxy,
  type XksSettings,
} from '../../src/xks/xks-proxies.ts'
import { ownClock } from '../base/own-clock.ts'
import { type Answer, authority, endpoint, error, startProxy, type TestProxy } from './proxy.ts'

/** What is spoken with an external key store proxy, told to one that answers by the published specification. */

const clock = ownClock(Date.UTC(2026, 10, 23, 12))
const plaintext = Buffer.from('once encrypted')
const associatedData = Buffer.from('header and encryption context')
const message = { plaintext, associatedData }

let proxy: TestProxy
let proxies: XksProxies

/** Patient, so that a busy machine does not look like a slow proxy; those who ask about time set their own limit. */
const settings = (differing: Partial<XksSettings> = {}): XksSettings => ({
  timeLimitMs: 10_000,
  trusted: authority,
  addresses: new Map([['proxy.xks.example.com', proxy.address]]),
  ...differing,
})

beforeAll(async () => {
  proxy = await startProxy(clock, { path: '/tenants/one/kms/xks/v1' })
  proxy.newKey('external-key.1_a')
  proxies = new XksProxies(clock, settings())
})

afterEach(() => {
  proxy.behave()
  proxy.seen.length = 0
  proxy.managers = ['ACTIVE']
})

afterAll(async () => {
  proxies.close()
  await proxy.close()
})

const known = (differing: Partial<XksProxy> = {}): XksProxy => ({
  endpoint,
  path: proxy.path,
  accessKeyId: proxy.credential.AccessKeyId,
  secretAccessKey: proxy.credential.RawSecretAccessKey,
  region: 'eu-west-1',
  ...differing,
})

const occasion = {
  operation: 'Encrypt',
  requestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
  principalArn: 'arn:aws:iam::111122223333:user/Alice',
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
}

const use = (differing: Partial<ExternalKeyUse> = {}): ExternalKeyUse => ({
  proxy: known(),
  keyId: 'external-key.1_a',
  occasion,
  ...differing,
})

/** Why a call failed, or what it gave when it did not. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => ({ value }),
    (thrown: unknown) => (thrown instanceof ProxyFailure ? thrown.reason : thrown),
  )
}

describe('a conversation', () => {
  test('what a proxy encrypted it decrypts, with the associated data it was given', async () => {
    const sealed = await proxies.encrypt(use(), message)
    expect(sealed.ciphertext).toHaveLength(plaintext.length)
    expect(Buffer.from(sealed.metadata).toString()).toBe('key_version=1')
    expect(Buffer.from(await proxies.decrypt(use(), { sealed, associatedData }))).toEqual(plaintext)
  })

  test('other associated data, and metadata that was left out, do not decrypt', async () => {
    const sealed = await proxies.encrypt(use(), message)
    const other = { sealed, associatedData: Buffer.from('another context') }
    expect(await failure(proxies.decrypt(use(), other))).toBe('InvalidCiphertextException')
    const bare = { sealed: { ...sealed, metadata: new Uint8Array(0) }, associatedData }
    expect(await failure(proxies.decrypt(use(), bare))).toBe('InvalidCiphertextException')
  })

  test('the proxy reads who asks, for which KMS operation and key, and under which request id', async () => {
    await proxies.encrypt(use(), message)
    expect(proxy.seen[0]?.path).toBe('/tenants/one/kms/xks/v1/keys/external-key.1_a/encrypt')
    expect(proxy.seen[0]?.headers).toMatchObject({
      host: 'proxy.xks.example.com',
      'content-type': 'application/json',
      'x-amz-date': '20261123T120000Z',
    })
    expect(proxy.seen[0]?.body).toEqual({
      requestMetadata: {
        awsPrincipalArn: occasion.principalArn,
        kmsKeyArn: occasion.keyArn,
        kmsOperation: 'Encrypt',
        kmsRequestId: occasion.requestId,
      },
      additionalAuthenticatedData: associatedData.toString('base64'),
      plaintext: plaintext.toString('base64'),
      encryptionAlgorithm: 'AES_GCM',
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    })
  })

  test('VPC, VPC endpoint and service are told where the call came through them', async () => {
    const through = { sourceVpc: 'vpc-1', sourceVpce: 'vpce-1', viaService: 's3.eu-west-1.amazonaws.com' }
    await proxies.describeKey(use({ occasion: { ...occasion, ...through } }))
    expect(proxy.seen[0]?.body.requestMetadata).toMatchObject({
      awsSourceVpc: 'vpc-1',
      awsSourceVpce: 'vpce-1',
      kmsViaService: 's3.eu-west-1.amazonaws.com',
    })
  })

  test('the health of a proxy is asked about on nobody’s behalf', async () => {
    await proxies.requireHealth(known(), { operation: 'ConnectCustomKeyStore', requestId: 'r-1' })
    expect(proxy.seen[0]?.path).toBe('/tenants/one/kms/xks/v1/health')
    expect(proxy.seen[0]?.body).toEqual({
      requestMetadata: { kmsOperation: 'ConnectCustomKeyStore', kmsRequestId: 'r-1' },
    })
  })

  test('a key’s description is given as the proxy has it', async () => {
    expect(await proxies.describeKey(use())).toEqual({
      spec: 'AES_256',
      usages: ['ENCRYPT', 'DECRYPT', 'WRAP'],
      status: 'ENABLED',
    })
  })

  test('calls that follow one another share a connection', async () => {
    for (let call = 0; call < 3; call += 1) await proxies.describeKey(use())
    expect(new Set(proxy.seen.map(({ connection }) => connection)).size).toBe(1)
  })

  test('a call does not wait for another that the proxy takes long for', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    proxy.misbehave((honest) => gate.then(honest), 1)
    const slow = proxies.describeKey(use())
    await vi.waitFor(() => expect(proxy.seen).toHaveLength(1))
    expect(await proxies.describeKey(use())).toMatchObject({ spec: 'AES_256' })
    open()
    expect(await slow).toMatchObject({ spec: 'AES_256' })
  })

  test('whatever is encrypted, with whatever associated data, decrypts to itself', async () => {
    const sizes = { minLength: 1, maxLength: 4300 }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(sizes), fc.uint8Array({ maxLength: 8192 }), async (text, data) => {
        const sealed = await proxies.encrypt(use(), { plaintext: text, associatedData: data })
        expect(await proxies.decrypt(use(), { sealed, associatedData: data })).toEqual(Buffer.from(text))
      }),
      { numRuns: 30 },
    )
  })
})

describe('credentials and certificates', () => {
  test('a wrong secret, and an access key id the proxy does not know, are not authenticated', async () => {
    const wrongSecret = use({ proxy: known({ secretAccessKey: 'a'.repeat(43) }) })
    expect(await failure(proxies.describeKey(wrongSecret))).toBe('AuthenticationFailedException')
    const wrongId = use({ proxy: known({ accessKeyId: 'Z'.repeat(20) }) })
    expect(await failure(proxies.describeKey(wrongId))).toBe('AuthenticationFailedException')
  })

  test('a proxy whose certificate nobody trusted vouches for is told nothing', async () => {
    const { trusted: _, ...strict } = settings()
    const distrusting = new XksProxies(clock, strict)
    expect(await failure(distrusting.encrypt(use(), message))).toBe('untrusted')
    expect(proxy.seen).toEqual([])
    distrusting.close()
  })

  test('nor is one whose certificate is for another name', async () => {
    const addresses = new Map([['elsewhere.example.com', proxy.address]])
    const misled = new XksProxies(clock, settings({ addresses }))
    const elsewhere = use({ proxy: known({ endpoint: 'https://elsewhere.example.com' }) })
    expect(await failure(misled.encrypt(elsewhere, message))).toBe('untrusted')
    expect(proxy.seen).toEqual([])
    misled.close()
  })
})

describe('what a proxy refuses', () => {
  const named = [
    'ValidationException',
    'InvalidStateException',
    'InvalidCiphertextException',
    'InvalidKeyUsageException',
    'AuthenticationFailedException',
    'AccessDeniedException',
    'KeyNotFoundException',
    'InvalidUriPathException',
    'ThrottlingException',
    'UnsupportedOperationException',
    'DependencyTimeoutException',
    'InternalException',
  ]

  test.each(
    named,
  )('%s is told by its name, is not asked for again, and says nothing of the proxy’s own words', async (name) => {
    const sealed = await proxies.encrypt(use(), message)
    proxy.misbehave(() => error(name))
    const thrown = await proxies.decrypt(use(), { sealed, associatedData }).catch((e) => e)
    expect(thrown).toMatchObject({ name: 'ProxyFailure', reason: name })
    expect(thrown.message).toMatch(/^(The external key store proxy|AWS KMS cannot interpret) /)
    expect(thrown.message).not.toContain('secret words')
    expect(proxy.seen).toHaveLength(2)
  })

  test('a disabled key, one of another usage, one that is not there and a wrong path have their own errors', async () => {
    proxy.newKey('disabled', { status: 'DISABLED' })
    proxy.newKey('decrypt-only', { usages: ['DECRYPT'] })
    expect(await failure(proxies.encrypt(use({ keyId: 'disabled' }), message))).toBe('InvalidStateException')
    expect(await failure(proxies.encrypt(use({ keyId: 'decrypt-only' }), message))).toBe(
      'InvalidKeyUsageException',
    )
    expect(await failure(proxies.describeKey(use({ keyId: 'nobody' })))).toBe('KeyNotFoundException')
    const astray = known({ path: '/tenants/two/kms/xks/v1' })
    expect(await failure(proxies.requireHealth(astray, occasion))).toBe('InvalidUriPathException')
  })

  test('key managers that are all unavailable make the proxy unhealthy; one that limps along does not', async () => {
    proxy.managers = ['UNAVAILABLE', 'UNAVAILABLE']
    expect(await failure(proxies.requireHealth(known(), occasion))).toBe('unhealthy')
    proxy.managers = ['UNAVAILABLE', 'DEGRADED']
    await proxies.requireHealth(known(), occasion)
  })
})

/** Changes members of an honest answer; those that become undefined are left out. */
const changed = (change: (body: Record<string, string>) => object) => (honest: () => Answer) => {
  const { status, body } = honest()
  const members = body as Record<string, string>
  return { status, body: { ...members, ...change(members) } }
}

const longer = (base64: string | undefined) =>
  Buffer.concat([Buffer.from(base64 ?? '', 'base64'), Buffer.alloc(1)]).toString('base64')
const flipped = (base64: string | undefined) => {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes.toString('base64')
}

describe('an answer that is not as it must be is not understood', () => {
  test.each([
    ['an empty body', () => ({ status: 200, body: '' })],
    ['no JSON', () => ({ status: 200, body: '<html>welcome</html>' })],
    ['JSON of another kind', () => ({ status: 200, body: '["ciphertext"]' })],
    ['a redirect', () => ({ status: 302, body: {} })],
    ['an error without a name', () => ({ status: 500, body: '' })],
    ['an error of an unknown name', () => ({ status: 400, body: { errorName: 'NoSuchException' } })],
    [
      'an error of a name that objects have anyway',
      () => ({ status: 400, body: { errorName: 'constructor' } }),
    ],
    ['a body without end', () => ({ status: 200, body: { ciphertext: 'A'.repeat(1_000_000) } })],
  ])('%s', async (_, answer) => {
    proxy.misbehave(answer)
    expect(await failure(proxies.encrypt(use(), message))).toBe('not understood')
    expect(await failure(proxies.describeKey(use()))).toBe('not understood')
    expect(await failure(proxies.requireHealth(known(), occasion))).toBe('not understood')
  })

  test.each([
    ['a tag with a flipped bit', (body) => ({ authenticationTag: flipped(body.authenticationTag) })],
    ['a ciphertext with a flipped bit', (body) => ({ ciphertext: flipped(body.ciphertext) })],
    [
      'an initialization vector with a flipped bit',
      (body) => ({ initializationVector: flipped(body.initializationVector) }),
    ],
    ['metadata with a flipped bit', (body) => ({ ciphertextMetadata: flipped(body.ciphertextMetadata) })],
    ['metadata that is lost', () => ({ ciphertextMetadata: undefined })],
    ['metadata of more than 20 bytes', () => ({ ciphertextMetadata: Buffer.alloc(21).toString('base64') })],
    ['no integrity value', () => ({ ciphertextDataIntegrityValue: undefined })],
    ['a ciphertext longer than the plaintext', (body) => ({ ciphertext: longer(body.ciphertext) })],
    ['a tag of another length', (body) => ({ authenticationTag: longer(body.authenticationTag) })],
    ['no base64', () => ({ initializationVector: '????????????????' })],
    ['numbers for text', () => ({ authenticationTag: 17 })],
  ] satisfies [string, (body: Record<string, string>) => object][])('of Encrypt: %s', async (_, change) => {
    proxy.misbehave(changed(change))
    expect(await failure(proxies.encrypt(use(), message))).toBe('not understood')
  })

  test.each([
    ['a longer plaintext', (body) => ({ plaintext: longer(body.plaintext) })],
    ['no plaintext', () => ({ plaintext: undefined })],
  ] satisfies [string, (body: Record<string, string>) => object][])('of Decrypt: %s', async (_, change) => {
    const sealed = await proxies.encrypt(use(), message)
    proxy.misbehave(changed(change))
    expect(await failure(proxies.decrypt(use(), { sealed, associatedData }))).toBe('not understood')
  })

  test.each([
    ['no usages', () => ({ keyUsage: undefined })],
    ['more than ten usages', () => ({ keyUsage: Array(11).fill('ENCRYPT') })],
    ['a key spec that is no word', () => ({ keySpec: 'AES_256\r\nX-Injected: 1' })],
    ['no status', () => ({ keyStatus: null })],
  ])('of GetKeyMetadata: %s', async (_, change) => {
    proxy.misbehave(changed(change))
    expect(await failure(proxies.describeKey(use()))).toBe('not understood')
  })

  test.each([
    ['a fleet of none', () => ({ xksProxyFleetSize: 0 })],
    ['no vendor', () => ({ xksProxyVendor: undefined })],
    ['no key managers', () => ({ ekmFleetDetails: [] })],
    [
      'a key manager in an unknown state',
      () => ({ ekmFleetDetails: [{ id: '1', model: 'm', healthStatus: 'FINE' }] }),
    ],
  ])('of GetHealthStatus: %s', async (_, change) => {
    proxy.misbehave(changed(change))
    expect(await failure(proxies.requireHealth(known(), occasion))).toBe('not understood')
  })
})

describe('time and the network', () => {
  /** As long as AWS gives a proxy. */
  const hurried = (differing: Partial<XksSettings> = {}) =>
    new XksProxies(clock, settings({ timeLimitMs: 250, ...differing }))

  test('a proxy that does not answer in time is asked once more, and then given up', async () => {
    const impatient = hurried()
    proxy.misbehave(() => 'silence')
    const before = performance.now()
    expect(await failure(impatient.encrypt(use(), message))).toBe('timed out')
    expect(performance.now() - before).toBeGreaterThanOrEqual(490)
    expect(proxy.seen).toHaveLength(2)
    impatient.close()
  })

  test('an answer to the second attempt counts', async () => {
    proxy.misbehave(() => 'hang up', 1)
    expect(await proxies.describeKey(use())).toMatchObject({ spec: 'AES_256' })
    expect(proxy.seen).toHaveLength(2)
  })

  test('a proxy that hangs up twice, and a port where nobody listens, are unreachable', async () => {
    proxy.misbehave(() => 'hang up')
    expect(await failure(proxies.describeKey(use()))).toBe('unreachable')
    expect(proxy.seen).toHaveLength(2)
    const addresses = new Map([['proxy.xks.example.com', { host: '127.0.0.1', port: await freePort() }]])
    const lost = new XksProxies(clock, settings({ addresses }))
    expect(await failure(lost.describeKey(use()))).toBe('unreachable')
    lost.close()
  })

  test('a name that leads nowhere is unreachable', async () => {
    const nowhere = use({ proxy: known({ endpoint: 'https://nowhere.invalid' }) })
    expect(await failure(proxies.describeKey(nowhere))).toBe('unreachable')
  })

  test('a listener that speaks no TLS is not trusted, and one that says nothing is out of time', async () => {
    const plain = await listening((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const mute = await listening(() => undefined)
    const reaching = (port: number) =>
      hurried({ addresses: new Map([['proxy.xks.example.com', { host: '127.0.0.1', port }]]) })
    expect(await failure(reaching(plain.port).describeKey(use()))).toBe('untrusted')
    expect(await failure(reaching(mute.port).describeKey(use()))).toBe('timed out')
    plain.close()
    mute.close()
  })

  test('connections that a restarted proxy no longer knows cost no call', async () => {
    const several = () => Promise.all([1, 2, 3, 4].map(() => proxies.describeKey(use())))
    await several()
    expect(new Set(proxy.seen.map(({ connection }) => connection)).size).toBeGreaterThan(1)
    proxy.dropConnections()
    expect(await several()).toHaveLength(4)
  })
})

async function freePort(): Promise<number> {
  const { port, close } = await listening(() => undefined)
  close()
  return port
}

async function listening(greet: (socket: Socket) => void): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    greet(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as AddressInfo).port, close }
}
