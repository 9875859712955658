import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { account, daysMs } from '../serving.ts'
import { endpoint, startProxy, type TestProxy } from '../xks/proxy.ts'
import { awsCli, bytesOf, type Desk, deskOf, text } from './aws-cli.ts'
import { session } from './client.ts'

/** Where key material comes from and goes to, under the AWS CLI: rotation, import, other Regions, key stores. */

const newKey = ({ root }: Desk, ...flags: readonly string[]) =>
  root.says('kms', 'create-key', ...flags, ...text('KeyMetadata.KeyId'))

/** Encrypts a letter, in a Region, and says in which file the ciphertext is. */
async function sealedLetter({ root, file }: Desk, ...flags: readonly string[]): Promise<string> {
  const letter = await file('letter', 'meet me at noon')
  const encrypt = ['kms', 'encrypt', '--plaintext', `fileb://${letter}`, ...flags]
  return file('letter.sealed', bytesOf(await root.says(...encrypt, ...text('CiphertextBlob'))))
}

async function opened({ root }: Desk, sealed: string, ...flags: readonly string[]): Promise<string> {
  const decrypt = ['kms', 'decrypt', '--ciphertext-blob', `fileb://${sealed}`, ...flags]
  return bytesOf(await root.says(...decrypt, ...text('Plaintext'))).toString()
}

/** Where the service finds a proxy, whom it trusts there, and patience, so that a busy machine is no slow proxy. */
function proxyFlags({ address: { host, port } }: TestProxy): readonly string[] {
  const authority = join(import.meta.dirname, '../xks/ca.crt')
  const addresses = `${new URL(endpoint).hostname}=${host}:${port}`
  return ['--xks-addresses', addresses, '--xks-ca', authority, '--xks-time-limit', '10000']
}

await session(awsCli, 'a key is rotated every year with the AWS CLI, and then no more', async (program) => {
  const desk = await deskOf(program)
  const key = ['--key-id', await newKey(desk)]
  const enabled = () =>
    desk.root.says('kms', 'get-key-rotation-status', ...key, ...text('KeyRotationEnabled'))
  expect(await enabled()).toBe('False')
  await desk.root.says('kms', 'enable-key-rotation', ...key)
  expect(await enabled()).toBe('True')
  await desk.root.says('kms', 'disable-key-rotation', ...key)
  expect(await enabled()).toBe('False')
})

await session(
  awsCli,
  'a key is rotated on demand with the AWS CLI, and opens what it sealed before',
  async (program) => {
    const desk = await deskOf(program)
    const key = ['--key-id', await newKey(desk)]
    const before = await sealedLetter(desk, ...key)
    await desk.root.says('kms', 'enable-key-rotation', ...key, '--rotation-period-in-days', '90')
    await desk.root.says('kms', 'rotate-key-on-demand', ...key)
    expect(
      await desk.root.says('kms', 'list-key-rotations', ...key, ...text('Rotations[].RotationType')),
    ).toBe('ON_DEMAND')
    expect(await desk.root.shows('kms', 'get-key-rotation-status', ...key)).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
    })
    expect(await opened(desk, before)).toBe('meet me at noon')
  },
  { needs: ['rotate-key-on-demand', 'list-key-rotations'] },
)

await session(
  awsCli,
  'key material is imported as AWS teaches it, with OpenSSL and the AWS CLI',
  async (program) => {
    const desk = await deskOf(program)
    const { root, file, openssl } = desk
    const keyId = await newKey(desk, '--origin', 'EXTERNAL')
    const key = ['--key-id', keyId]
    const letter = await file('letter', 'too early')
    expect(await root.fails('kms', 'encrypt', ...key, '--plaintext', `fileb://${letter}`)).toBe(
      `An error occurred (KMSInvalidStateException) when calling the Encrypt operation: arn:aws:kms:us-east-1:${account}:key/${keyId} is pending import.`,
    )

    const wrapping = ['--wrapping-algorithm', 'RSAES_OAEP_SHA_256', '--wrapping-key-spec', 'RSA_3072']
    const parameters = await root.shows('kms', 'get-parameters-for-import', ...key, ...wrapping)
    const wrappingKey = await file('WrappingPublicKey.bin', bytesOf(String(parameters.PublicKey)))
    const token = await file('ImportToken.bin', bytesOf(String(parameters.ImportToken)))
    const material = await file('PlaintextKeyMaterial.bin', randomBytes(32))
    const encrypted = await file('EncryptedKeyMaterial.bin', '')
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']
    const options = oaep.flatMap((option) => ['-pkeyopt', option])
    const encrypt = ['-encrypt', '-in', material, '-out', encrypted, '-inkey', wrappingKey]
    await openssl('pkeyutl', ...encrypt, '-keyform', 'DER', '-pubin', ...options)

    const blobs = ['--encrypted-key-material', `fileb://${encrypted}`, '--import-token', `fileb://${token}`]
    const importing = ['kms', 'import-key-material', ...key, ...blobs, '--expiration-model']
    const validTo = new Date(Date.now() + daysMs(30)).toISOString()
    await root.says(...importing, 'KEY_MATERIAL_EXPIRES', '--valid-to', validTo)
    const described = ['kms', 'describe-key', ...key]
    const metadata = text('KeyMetadata.[KeyState,Origin,ExpirationModel]')
    expect(await root.says(...described, ...metadata)).toBe('Enabled\tEXTERNAL\tKEY_MATERIAL_EXPIRES')
    const sealed = await sealedLetter(desk, ...key)
    expect(await opened(desk, sealed)).toBe('meet me at noon')

    await root.says('kms', 'delete-imported-key-material', ...key)
    expect(await root.says(...described, ...text('KeyMetadata.KeyState'))).toBe('PendingImport')
    await root.says(...importing, 'KEY_MATERIAL_DOES_NOT_EXPIRE')
    expect(await opened(desk, sealed)).toBe('meet me at noon')
  },
)

await session(
  awsCli,
  'what is sealed in one Region with the AWS CLI is opened in another, under the replica',
  async (program) => {
    const desk = await deskOf(program, { flags: ['--regions', 'us-east-1,eu-west-1'] })
    const { root } = desk
    const keyId = await newKey(desk, '--multi-region')
    expect(keyId).toMatch(/^mrk-[0-9a-f]{32}$/)
    const sealed = await sealedLetter(desk, '--key-id', keyId)
    const replica = text('ReplicaKeyMetadata.Arn')
    const replicate = ['kms', 'replicate-key', '--key-id', keyId, '--replica-region', 'eu-west-1']
    expect(await root.says(...replicate, ...replica)).toBe(`arn:aws:kms:eu-west-1:${account}:key/${keyId}`)

    const there = ['--region', 'eu-west-1']
    const enabled = () => expect.poll(state, { timeout: 20_000 }).toBe('Enabled')
    const state = () =>
      root.says('kms', 'describe-key', '--key-id', keyId, ...there, ...text('KeyMetadata.KeyState'))
    await enabled()
    expect(await opened(desk, sealed, '--key-id', keyId, ...there)).toBe('meet me at noon')
    const related = 'KeyMetadata.MultiRegionConfiguration.[PrimaryKey.Region,ReplicaKeys[0].Region]'
    expect(await root.says('kms', 'describe-key', '--key-id', keyId, ...there, ...text(related))).toBe(
      'us-east-1\teu-west-1',
    )

    const move = ['kms', 'update-primary-region', '--key-id', keyId, '--primary-region', 'eu-west-1']
    await root.says(...move)
    expect(await root.says('kms', 'describe-key', '--key-id', keyId, ...there, ...text(related))).toBe(
      'eu-west-1\tus-east-1',
    )
    await enabled()
    expect(await root.fails(...replicate.with(-1, 'ap-south-1'), ...there)).toMatch(
      /^An error occurred \(UnsupportedOperationException\) when calling the ReplicateKey operation/,
    )
  },
)

await session(
  awsCli,
  'an external key store is made, connected and described with the AWS CLI, and its key is used',
  async (program) => {
    const proxy = await startProxy({ now: Date.now })
    onTestFinished(() => proxy.close())
    proxy.newKey('outside')
    const desk = await deskOf(program, { flags: proxyFlags(proxy) })
    const { root } = desk
    // As JSON, since version 1 of the CLI takes a URL on its command line for something to fetch.
    const store = await root.says(
      ...['kms', 'create-custom-key-store', '--cli-input-json'],
      JSON.stringify({
        CustomKeyStoreName: 'outside',
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        XksProxyConnectivity: 'PUBLIC_ENDPOINT',
        XksProxyUriEndpoint: endpoint,
        XksProxyUriPath: proxy.path,
        XksProxyAuthenticationCredential: proxy.credential,
      }),
      ...text('CustomKeyStoreId'),
    )
    const inStore = ['--custom-key-store-id', store]
    const make = ['--origin', 'EXTERNAL_KEY_STORE', '--xks-key-id', 'outside', ...inStore]
    expect(await root.fails('kms', 'create-key', ...make)).toMatch(
      /^An error occurred \(CustomKeyStoreInvalidStateException\) when calling the CreateKey operation/,
    )
    await root.says('kms', 'connect-custom-key-store', ...inStore)
    const described = 'CustomKeyStores[].[ConnectionState,XksProxyConfiguration.UriEndpoint]'
    expect(await root.says('kms', 'describe-custom-key-stores', ...inStore, ...text(described))).toBe(
      `CONNECTED\t${endpoint}`,
    )
    const keyId = await newKey(desk, ...make)
    const sealed = await sealedLetter(desk, '--key-id', keyId)
    expect(await opened(desk, sealed)).toBe('meet me at noon')
    expect(proxy.seen.map(({ path }) => path.split('/').at(-1))).toContain('decrypt')
  },
)

await session(
  awsCli,
  'a CloudHSM key store is described with the AWS CLI, and finds no cluster',
  async (program) => {
    const { root } = await deskOf(program)
    const cluster = [
      '--cloud-hsm-cluster-id',
      'cluster-2abcdefghijk',
      '--key-store-password',
      'kmsuser-password',
    ]
    const certificate = ['--trust-anchor-certificate', '-----BEGIN CERTIFICATE-----']
    const create = ['kms', 'create-custom-key-store', '--custom-key-store-name', 'vault', ...cluster]
    const store = await root.says(...create, ...certificate, ...text('CustomKeyStoreId'))
    await root.says('kms', 'connect-custom-key-store', '--custom-key-store-id', store)
    const described = 'CustomKeyStores[].[CustomKeyStoreName,ConnectionState,ConnectionErrorCode]'
    expect(await root.says('kms', 'describe-custom-key-stores', ...text(described))).toBe(
      'vault\tFAILED\tCLUSTER_NOT_FOUND',
    )
  },
)

await session(
  awsCli,
  'the AWS CLI says when a key was last used, and in which event',
  async (program) => {
    const desk = await deskOf(program)
    const key = ['--key-id', await newKey(desk)]
    const lastUsage = () => desk.root.shows('kms', 'get-key-last-usage', ...key)
    expect(await lastUsage()).toMatchObject({ KeyLastUsage: {} })
    await sealedLetter(desk, ...key)
    expect(await lastUsage()).toMatchObject({
      KeyLastUsage: { Operation: 'Encrypt', CloudTrailEventId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
  },
  { needs: ['get-key-last-usage'] },
)
