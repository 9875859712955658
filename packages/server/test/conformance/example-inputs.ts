import { freshMaterial } from '../importing.ts'
import { bytes, keyPolicy, rootArn } from '../serving.ts'
import { ireland, type World } from './world.ts'

/** What an example's input is here: with names of things that are there, and bytes that mean something. */
export type Input = Readonly<Record<string, unknown>>

/** Makes ready what an example needs. @returns the input with which it can be called */
export type Ready = (world: World, input: Input) => Promise<Input>

type Made = Parameters<World['key']>[0]

const message = bytes('Hello World')
const mac = { KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC' } as const
const signing = { KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' } as const
const rsa = { KeySpec: 'RSA_4096', KeyUsage: 'ENCRYPT_DECRYPT' } as const

/** A key in the place of the example's, named in the same way: by its id, or its ARN. */
export const onKey =
  (made: Made = {}, also: (world: World, KeyId: string) => Promise<unknown> = async () => undefined): Ready =>
  async (world, input) => {
    const id = await world.key(made)
    const more = (await also(world, id)) ?? {}
    return { ...input, KeyId: namedAs(input.KeyId, id), ...more }
  }

function namedAs(example: unknown, id: string): string {
  return String(example).startsWith('arn:') ? `arn:aws:kms:us-east-1:111122223333:key/${id}` : id
}

/** A key that also has the example's alias, which is free again by the time the next one wants it. */
export const onAlias =
  (made: Made = {}, also?: (world: World, KeyId: string) => Promise<unknown>): Ready =>
  async (world, input) => {
    const id = await world.key(made)
    const AliasName = String(input.AliasName ?? input.KeyId)
    await world.kms.deleteAlias({ AliasName }).catch(() => undefined)
    await world.kms.createAlias({ AliasName, TargetKeyId: id })
    return { ...input, ...((await also?.(world, id)) as object) }
  }

/** The example's own cluster id breaks the model's pattern for such ids. */
const CloudHsmClusterId = 'cluster-2a23b4cdefg'
const withCluster = (input: Input) => ({
  ...input,
  ...('CloudHsmClusterId' in input ? { CloudHsmClusterId } : {}),
})

/** A key store with the example's name, in the place of the example's. */
export const onStore: Ready = async (world, input) => {
  const CustomKeyStoreId = await storeOf(world)
  return { ...withCluster(input), ...('CustomKeyStoreId' in input ? { CustomKeyStoreId } : {}) }
}

const store = {
  CustomKeyStoreName: 'ExampleKeyStore',
  CloudHsmClusterId,
  KeyStorePassword: 'kmsPswd',
  TrustAnchorCertificate: '<certificate-goes-here>',
}

/** Names of key stores are given once, and so are clusters: what an example before this one made goes first. */
async function storeOf({ kms }: World): Promise<string> {
  await noStores(kms)
  return String((await kms.createCustomKeyStore(store)).CustomKeyStoreId)
}

async function noStores(kms: World['kms']): Promise<void> {
  const { CustomKeyStores = [] } = await kms.describeCustomKeyStores({})
  for (const { CustomKeyStoreId, ConnectionState } of CustomKeyStores) {
    if (ConnectionState !== 'DISCONNECTED') await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    await kms.deleteCustomKeyStore({ CustomKeyStoreId })
  }
}

const Operations = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'] as const

const granted = async ({ kms }: World, KeyId: string) => {
  const grant = { GranteePrincipal: rootArn, RetiringPrincipal: rootArn, Name: 'letters' }
  const { GrantId } = await kms.createGrant({ KeyId, Operations: [...Operations], ...grant })
  return { GrantId }
}

const asIs: Ready = async (_world, input) => input

/** How the example of an operation is made ready; where one of several differs, by the example's title. */
export const readyBy: Readonly<Record<string, Ready>> = {
  CancelKeyDeletion: onKey({}, async ({ kms }, KeyId) => void (await kms.scheduleKeyDeletion({ KeyId }))),
  ConnectCustomKeyStore: onStore,
  CreateAlias: async ({ key, kms }, input) => {
    await kms.deleteAlias({ AliasName: String(input.AliasName) }).catch(() => undefined)
    return { ...input, TargetKeyId: await key() }
  },
  CreateCustomKeyStore: async ({ kms }, input) => {
    await noStores(kms)
    return withCluster(input)
  },
  CreateGrant: onKey({}, async ({ root }) => ({ GranteePrincipal: root.arn })),
  CreateKey: asIs,
  'To create a KMS key in a custom key store': onStore,
  Decrypt: onKey({}, async ({ sealed }, KeyId) => ({ CiphertextBlob: await sealed(KeyId) })),
  DeleteAlias: onAlias(),
  DeleteCustomKeyStore: onStore,
  DeleteImportedKeyMaterial: onKey({ Origin: 'EXTERNAL' }, async ({ bring }, KeyId) => {
    await bring(KeyId, freshMaterial())
  }),
  DescribeCustomKeyStores: async ({ kms }, input) => {
    await noStores(kms)
    return input
  },
  'To get detailed information about a custom key store associated with a CloudHSM cluster.': onStore,
  DescribeKey: onKey(),
  'To get details about an RSA asymmetric KMS key': onKey(
    { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
    async ({ kms }, KeyId) => void (await kms.disableKey({ KeyId })),
  ),
  'To get details about a multi-Region key': async (world, input) => ({
    ...input,
    KeyId: namedAs(input.KeyId, await world.replicated()),
  }),
  'To get details about an HMAC KMS key': onKey({
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
    Description: 'Development test key',
  }),
  DisableKey: onKey(),
  DisableKeyRotation: onKey(),
  DisconnectCustomKeyStore: async (world, input) => {
    const CustomKeyStoreId = await storeOf(world)
    await world.kms.connectCustomKeyStore({ CustomKeyStoreId })
    return { ...input, CustomKeyStoreId }
  },
  EnableKey: onKey({}, async ({ kms }, KeyId) => void (await kms.disableKey({ KeyId }))),
  EnableKeyRotation: onKey(),
  Encrypt: onKey({}, async () => ({ Plaintext: message })),
  GenerateDataKey: onAlias(),
  GenerateDataKeyPair: onKey(),
  GenerateDataKeyPairWithoutPlaintext: onKey(),
  GenerateDataKeyWithoutPlaintext: onAlias(),
  GenerateMac: onKey(mac, async () => ({ Message: message })),
  GenerateRandom: asIs,
  GetKeyPolicy: onKey(),
  GetKeyRotationStatus: onKey({}, async ({ kms }, KeyId) => void (await kms.enableKeyRotation({ KeyId }))),
  GetParametersForImport: onKey({ Origin: 'EXTERNAL' }),
  GetPublicKey: onKey(rsa),
  ImportKeyMaterial: onKey({ Origin: 'EXTERNAL' }, ({ wrapped }, KeyId) => wrapped(KeyId, freshMaterial())),
  ListAliases: async ({ kms, key }, input) => {
    await kms.createAlias({ AliasName: 'alias/example1', TargetKeyId: await key() })
    return input
  },
  ListGrants: onKey({}, async (world, KeyId) => void (await granted(world, KeyId))),
  ListKeyPolicies: onKey(),
  ListKeys: async ({ key }, input) => {
    await key()
    return input
  },
  ListResourceTags: onKey({ Tags: [{ TagKey: 'CostCenter', TagValue: '87654' }] }),
  ListRetirableGrants: async (world, input) => {
    await granted(world, await world.key())
    return { ...input, RetiringPrincipal: rootArn }
  },
  PutKeyPolicy: onKey({}, async () => ({ Policy: keyPolicy() })),
  ReEncrypt: async ({ key, sealed }, input) => ({
    ...input,
    CiphertextBlob: await sealed(await key()),
    DestinationKeyId: await key(),
  }),
  ReplicateKey: onKey({ MultiRegion: true }, async () => ({ ReplicaRegion: ireland })),
  RetireGrant: onKey({}, granted),
  RevokeGrant: onKey({}, granted),
  ScheduleKeyDeletion: onKey(),
  Sign: onAlias(signing, async () => ({ Message: message })),
  TagResource: onKey(),
  UntagResource: onKey(),
  UpdateAlias: onAlias({}, async ({ key }) => ({ TargetKeyId: await key() })),
  UpdateCustomKeyStore: onStore,
  UpdateKeyDescription: onKey(),
  Verify: onAlias(signing, async ({ kms }, KeyId) => {
    const signed = { Message: message, SigningAlgorithm: 'ECDSA_SHA_384' } as const
    const { Signature } = await kms.sign({ KeyId, ...signed })
    return { Message: message, Signature }
  }),
  VerifyMac: onKey(mac, async ({ kms }, KeyId) => {
    const made = await kms.generateMac({ KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_384' })
    return { Message: message, Mac: made.Mac }
  }),
}
