import { freshMaterial } from '../importing.ts'
import { newService, through, withHeaders } from '../services.ts'
import { account, bytes, type KMS, keyPolicy, type Person } from '../serving.ts'
import { assume, newRole, trusting } from '../sessions.ts'
import { type Input, onAlias, onKey, onStore, type Ready, readyBy } from './example-inputs.ts'
import { ireland, type World } from './world.ts'

/** How the calls are made that AWS's example records are of. */

const contextual: Ready = async (world, input) => {
  const KeyId = await world.key({ Policy: keyPolicy(forServices) })
  const { EncryptionContext } = input as { EncryptionContext?: Record<string, string> }
  const { CiphertextBlob } = await world.kms.encrypt({ KeyId, Plaintext: bytes('noon'), EncryptionContext })
  const named = { ...(input.KeyId === undefined ? {} : { KeyId: arnOf(KeyId) }) }
  return { ...input, ...named, CiphertextBlob }
}

const forServices = {
  Effect: 'Allow',
  Principal: { Service: 'workmail.us-east-1.amazonaws.com' },
  Action: 'kms:*',
}

const arnOf = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`

const external: Ready = async (world, input) => {
  const CustomKeyStoreId = await world.externalStore()
  const XksKeyId = world.externalKey()
  const id = await world.key({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId })
  const { EncryptionContext } = input as { EncryptionContext?: Record<string, string> }
  const { CiphertextBlob } = await world.kms.encrypt({
    KeyId: id,
    Plaintext: bytes('noon'),
    EncryptionContext,
  })
  return { ...input, KeyId: arnOf(id), CiphertextBlob }
}

const byTheId = (made: Parameters<World['key']>[0] = {}, more: Input = {}) => onKey(made, async () => more)
const signing = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' } as const
const how = { Message: bytes('Hello World'), SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' } as const
const replicated: Ready = async (world, input) => ({ ...input, KeyId: await world.replicated() })
const toIreland: Ready = async (world, input) => ({
  ...(await replicated(world, input)),
  PrimaryRegion: ireland,
})
const forEnclave =
  (made: Ready): Ready =>
  async (world, input) => ({
    ...(await made(world, input)),
    Recipient: world.recipient(),
  })

/** What differs from the way in which the examples of the API's reference are made ready, by operation or by page. */
const own: Readonly<Record<string, Ready>> = {
  Decrypt: contextual,
  Encrypt: async (world, input) => {
    const { CiphertextBlob, ...ready } = await contextual(world, input)
    return { ...ready, Plaintext: bytes('noon') }
  },
  'ct-decrypt-enclave.md': forEnclave(contextual),
  'ct-generate-data-key-enclave.md': forEnclave(byTheId()),
  'ct-generate-random-enclave.md': async (world, input) => ({
    ...input,
    NumberOfBytes: 32,
    Recipient: world.recipient(),
  }),
  'ct-ec2two.md CreateGrant': async (world, input) => ({
    ...(await onGrant(world, input)),
    Operations: ['Decrypt'],
  }),
  CreateGrant: (world, input) => onGrant(world, input),
  'CreateKey EXTERNAL_KEY_STORE': async (world, input) => ({
    ...input,
    CustomKeyStoreId: await world.externalStore(),
    XksKeyId: world.externalKey(),
  }),
  'Decrypt external': external,
  GenerateDataKey: byTheId(),
  'alias-ct.md': onAlias(),
  'ct-create-keystore.md': (world, input) => onNewStore(world, input),
  'ct-ec2one.md': (world, input) => onAlias()(world, { ...input, KeyId: 'alias/ebs' }),
  'ct-ec2two.md GenerateDataKeyWithoutPlaintext': (world, input) =>
    onAlias()(world, { ...input, KeyId: 'alias/ebs' }),
  'ct-generatedatakeyplaintext.md': byTheId({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
  GenerateMac: byTheId({ KeySpec: 'HMAC_512', KeyUsage: 'GENERATE_VERIFY_MAC' }, { Message: bytes('Hello') }),
  GenerateRandom: async (_world, input) => ({ ...input, NumberOfBytes: 32 }),
  ImportKeyMaterial: onKey({ Origin: 'EXTERNAL' }, async (world, KeyId) => ({
    ...(await world.wrapped(KeyId, freshMaterial())),
    ExpirationModel: 'KEY_MATERIAL_EXPIRES',
    ValidTo: new Date(world.serving.clock.now() + 86_400_000),
  })),
  ListAliases: async (world, input) => ({ ...input, Marker: await markerOf(world) }),
  ListGrants: async (world, input) => {
    const KeyId = await world.key()
    for (const Name of ['one', 'two']) await world.kms.createGrant({ KeyId, Name, ...grant(world) })
    return { ...input, KeyId, Marker: (await world.kms.listGrants({ KeyId, Limit: 1 })).NextMarker }
  },
  PutKeyPolicy: byTheId({}, { Policy: keyPolicy(), BypassPolicyLockoutSafetyCheck: false }),
  ReEncrypt: async (world, input) => {
    const { SourceEncryptionContext: EncryptionContext } = input as {
      SourceEncryptionContext?: Record<string, string>
    }
    const Plaintext = bytes('noon')
    const { CiphertextBlob } = await world.kms.encrypt({
      KeyId: await world.key(),
      Plaintext,
      EncryptionContext,
    })
    return { ...input, CiphertextBlob, DestinationKeyId: await world.key() }
  },
  RetireGrant: onKey({}, async (world, KeyId) => {
    const { GrantId } = await world.kms.createGrant({ KeyId, ...grant(world) })
    return { KeyId: arnOf(KeyId), GrantId }
  }),
  'ScheduleKeyDeletion mrk': replicated,
  Sign: byTheId(signing, how),
  Verify: onKey(signing, async ({ kms }, KeyId) => ({
    ...how,
    Signature: (await kms.sign({ KeyId, ...how })).Signature,
  })),
  UpdatePrimaryRegion: toIreland,
  DescribeCustomKeyStores: onStore,
  UpdateCustomKeyStore: (world, { CustomKeyStoreId, ClusterId: CloudHsmClusterId }) =>
    onStore(world, { CustomKeyStoreId, CloudHsmClusterId }),
}

const grant = ({ root }: World) => ({
  GranteePrincipal: root.arn,
  RetiringPrincipal: root.arn,
  Operations: ['Decrypt' as const],
})

const onNewStore: Ready = async (world, input) => {
  const CloudHsmClusterId = input.ClusterId
  const secrets = { KeyStorePassword: 'kmsPswd', TrustAnchorCertificate: '<certificate-goes-here>' }
  return (
    readyBy.CreateCustomKeyStore?.(world, {
      CustomKeyStoreName: input.CustomKeyStoreName,
      CloudHsmClusterId,
      ...secrets,
    }) ?? input
  )
}

const onGrant = byTheId({}, { GranteePrincipal: `arn:aws:iam::${account}:root` })

async function markerOf({ kms, key }: World): Promise<string | undefined> {
  for (const AliasName of ['alias/first', 'alias/second']) {
    await kms.deleteAlias({ AliasName }).catch(() => undefined)
    await kms.createAlias({ AliasName, TargetKeyId: await key() })
  }
  return (await kms.listAliases({ Limit: 1 })).NextMarker
}

/** An example record of AWS's, as far as it says what was asked, and by whom. */
export interface ExampleRecord {
  readonly eventName: string
  readonly errorCode?: string
  readonly userIdentity: {
    readonly type?: string
    readonly invokedBy?: string
    readonly sessionContext?: object
  }
  readonly requestParameters: Readonly<Record<string, unknown>> | null
  readonly additionalEventData?: Readonly<Record<string, unknown>>
}

/** Makes the call that an example is of, or one like it. @returns the call's answer, or what refused it */
export async function callLike(
  world: World,
  page: string,
  example: ExampleRecord,
  who: Callers,
): Promise<object> {
  const { eventName } = example
  const input = inputOf(example.requestParameters ?? {})
  const ready =
    [...variantsOf(page, example), eventName].flatMap((name) => own[name] ?? [])[0] ?? readyBy[eventName]
  if (ready === undefined) throw new Error(`nothing makes the example of ${eventName} ready`)
  const made = await ready(world, input)
  const kms = await callerOf(example, who)
  const name = `${eventName.charAt(0).toLowerCase()}${eventName.slice(1)}` as 'encrypt'
  return kms[name](made as never).catch((error) => error)
}

function variantsOf(
  page: string,
  { eventName, requestParameters, additionalEventData }: ExampleRecord,
): readonly string[] {
  const { origin, keyId } = requestParameters ?? {}
  return [
    `${page} ${eventName}`,
    ...(eventName === 'Decrypt' && page === 'ct-decrypt-enclave.md' ? [page] : []),
    ...(eventName === 'Decrypt' ? [] : [page]),
    ...(additionalEventData?.xksKeyId === undefined ? [] : [`${eventName} external`]),
    `${eventName} ${origin}`,
    `${eventName} ${String(keyId).slice(0, 3)}`,
  ]
}

/** The members as the API calls them. Dates are set anew where there are any. */
function inputOf(parameters: Readonly<Record<string, unknown>>): Input {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      upper(name, value),
    ]),
  )
}

/** The pairs of an encryption context are the caller's own. */
function upper(name: string, value: unknown): unknown {
  if (/encryptionContext/i.test(name) || typeof value !== 'object' || value === null) return value
  return Array.isArray(value)
    ? value.map((each) => upper(name, each))
    : inputOf(value as Readonly<Record<string, unknown>>)
}

/** Whoever calls, as the examples have them. */
export interface Callers {
  readonly user: Person
  /** The same with temporary credentials; such are made anew each time, since time passes. */
  readonly userSession: () => Promise<Person>
  readonly session: () => Promise<Person>
  /** A service that calls for the session. */
  readonly forSession: () => Promise<Person>
  readonly service: KMS
}

export async function makeCallers(world: World): Promise<Callers> {
  const { serving, root } = world
  const user = await serving.user('Alice', 'kms:*', 'sts:AssumeRole')
  await newRole(root, 'Admins', trusting({ AWS: user.arn }), 'kms:*')
  const session = () =>
    assume(serving, user, {
      RoleArn: `arn:aws:iam::${account}:role/Admins`,
      RoleSessionName: 'example-user',
    })
  const s3 = await newService(serving, 's3.us-east-1.amazonaws.com')
  const workmail = await newService(serving, 'workmail.us-east-1.amazonaws.com')
  const service = withHeaders(serving.person('', workmail).kms, { 'x-amz-source-account': account })
  return {
    user,
    async userSession() {
      const { Credentials } = await user.sts.getSessionToken({})
      return serving.person(user.arn, {
        accessKeyId: String(Credentials?.AccessKeyId),
        secretAccessKey: String(Credentials?.SecretAccessKey),
        sessionToken: String(Credentials?.SessionToken),
      })
    },
    session,
    forSession: async () => through(serving, s3, await session()),
    service,
  }
}

async function callerOf({ userIdentity }: ExampleRecord, who: Callers): Promise<KMS> {
  const { type, invokedBy, sessionContext } = userIdentity
  if (type === 'AWSService') return who.service
  if (type !== 'AssumedRole') return (sessionContext === undefined ? who.user : await who.userSession()).kms
  return (invokedBy === undefined ? await who.session() : await who.forSession()).kms
}
