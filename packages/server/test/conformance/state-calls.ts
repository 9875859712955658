import { generateKeyPairSync } from 'node:crypto'
import { freshMaterial, wrappedMaterial } from '../importing.ts'
import { bytes, type KMS, keyPolicy, newKey, rootArn, type Serving } from '../serving.ts'

/** What is brought to every symmetric key whose material is imported. */
export const material = freshMaterial()

/** What an operation is called on: a key, and what was made with it while it could still be used. */
export interface Subject {
  readonly serving: Serving
  /** A client for the key's Region. */
  readonly kms: KMS
  readonly region: string
  readonly KeyId: string
  readonly arn: string
  readonly made: Readonly<Record<string, unknown>>
}

/** Where keys are made, where they are replicated to, and how long that takes. */
export const [home, abroad] = ['us-east-1', 'eu-west-1']
export const settlingMs = 1000

type Made = NonNullable<Parameters<KMS['createKey']>[0]>

export type Unmade = Omit<Subject, 'made'>

/** How one operation is called so that nothing but the state of its key could be in the way. */
export interface StateCall {
  /** What the key is made as, where not every kind will do. */
  readonly kind?: Made
  /** What is made with the key, or with one related to it, before it comes into its state. */
  readonly before?: (subject: Unmade) => Promise<object>
  /** The same for what is each key's own, and not shared with those related to it. */
  readonly own?: (subject: Unmade) => Promise<object>
  readonly call: (subject: Subject) => Promise<unknown>
}

const message = { Message: bytes('noon') }
const mac: Made = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
const signing: Made = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }
const agreement: Made = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }
const encapsulation: Made = { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' }
const byMac = { MacAlgorithm: 'HMAC_SHA_256' } as const
const byMlKem = { EncapsulationAlgorithm: 'ML_KEM' } as const
const bySignature = { SigningAlgorithm: 'ECDSA_SHA_256' } as const

const theirs = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  }).publicKey

let aliases = 0

const ownAlias = async ({ kms, KeyId }: Pick<Subject, 'kms' | 'KeyId'>) => {
  aliases += 1
  const AliasName = `alias/state-${aliases}`
  await kms.createAlias({ AliasName, TargetKeyId: KeyId })
  return { AliasName }
}

const ownGrant = async ({ kms, KeyId }: Pick<Subject, 'kms' | 'KeyId'>) => {
  const grant = { GranteePrincipal: rootArn, RetiringPrincipal: rootArn }
  const { GrantId } = await kms.createGrant({ KeyId, ...grant, Operations: ['Decrypt'] })
  return { GrantId }
}

const sealed: StateCall['before'] = async ({ kms, KeyId }) => {
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('noon') })
  return { CiphertextBlob }
}

const text = (made: unknown) => String(made)
const blob = (made: unknown) => made as Uint8Array

/** Every operation that AWS's table of key states lists. To list one more, add a row. */
export const stateCalls: Readonly<Record<string, StateCall>> = {
  CancelKeyDeletion: { call: ({ kms, KeyId }) => kms.cancelKeyDeletion({ KeyId }) },
  CreateAlias: {
    call: (subject) => ownAlias(subject),
  },
  CreateGrant: { call: (subject) => ownGrant(subject) },
  Decrypt: {
    before: sealed,
    call: ({ kms, made }) => kms.decrypt({ CiphertextBlob: blob(made.CiphertextBlob) }),
  },
  DeleteAlias: {
    own: ownAlias,
    call: ({ kms, made }) => kms.deleteAlias({ AliasName: text(made.AliasName) }),
  },
  DeleteImportedKeyMaterial: {
    kind: { Origin: 'EXTERNAL' },
    call: ({ kms, KeyId }) => kms.deleteImportedKeyMaterial({ KeyId }),
  },
  DeriveSharedSecret: {
    kind: agreement,
    call: ({ kms, KeyId }) =>
      kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: theirs() }),
  },
  DescribeKey: { call: ({ kms, KeyId }) => kms.describeKey({ KeyId }) },
  DisableKey: { call: ({ kms, KeyId }) => kms.disableKey({ KeyId }) },
  DisableKeyRotation: { call: ({ kms, KeyId }) => kms.disableKeyRotation({ KeyId }) },
  EnableKey: { call: ({ kms, KeyId }) => kms.enableKey({ KeyId }) },
  EnableKeyRotation: { call: ({ kms, KeyId }) => kms.enableKeyRotation({ KeyId }) },
  Encrypt: { call: ({ kms, KeyId }) => kms.encrypt({ KeyId, Plaintext: bytes('noon') }) },
  GenerateDataKey: { call: ({ kms, KeyId }) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: {
    call: ({ kms, KeyId }) => kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyPairWithoutPlaintext: {
    call: ({ kms, KeyId }) =>
      kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyWithoutPlaintext: {
    call: ({ kms, KeyId }) => kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' }),
  },
  GenerateMac: { kind: mac, call: ({ kms, KeyId }) => kms.generateMac({ KeyId, ...message, ...byMac }) },
  GetKeyPolicy: { call: ({ kms, KeyId }) => kms.getKeyPolicy({ KeyId }) },
  GetKeyRotationStatus: { call: ({ kms, KeyId }) => kms.getKeyRotationStatus({ KeyId }) },
  GetParametersForImport: {
    kind: { Origin: 'EXTERNAL' },
    call: ({ kms, KeyId }) =>
      kms.getParametersForImport({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
  },
  GetPublicKey: { kind: signing, call: ({ kms, KeyId }) => kms.getPublicKey({ KeyId }) },
  ImportKeyMaterial: {
    kind: { Origin: 'EXTERNAL' },
    own: ({ kms, KeyId }) => tokenFor(kms, KeyId),
    call: ({ kms, KeyId, made }) =>
      kms.importKeyMaterial({ KeyId, ...importOf(made), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  },
  ListAliases: { call: ({ kms, KeyId }) => kms.listAliases({ KeyId }) },
  ListGrants: { call: ({ kms, KeyId }) => kms.listGrants({ KeyId }) },
  ListKeyPolicies: { call: ({ kms, KeyId }) => kms.listKeyPolicies({ KeyId }) },
  ListKeyRotations: { call: ({ kms, KeyId }) => kms.listKeyRotations({ KeyId }) },
  ListResourceTags: { call: ({ kms, KeyId }) => kms.listResourceTags({ KeyId }) },
  PutKeyPolicy: { call: ({ kms, KeyId }) => kms.putKeyPolicy({ KeyId, Policy: keyPolicy() }) },
  ReEncrypt: {
    before: sealed,
    call: ({ kms, KeyId, made }) =>
      kms.reEncrypt({ CiphertextBlob: blob(made.CiphertextBlob), DestinationKeyId: KeyId }),
  },
  ReplicateKey: {
    kind: { MultiRegion: true },
    call: ({ kms, KeyId }) => kms.replicateKey({ KeyId, ReplicaRegion: 'us-west-2' }),
  },
  RetireGrant: {
    own: ownGrant,
    call: ({ kms, arn, made }) => kms.retireGrant({ KeyId: arn, GrantId: text(made.GrantId) }),
  },
  RevokeGrant: {
    own: ownGrant,
    call: ({ kms, KeyId, made }) => kms.revokeGrant({ KeyId, GrantId: text(made.GrantId) }),
  },
  RotateKeyOnDemand: { call: ({ kms, KeyId }) => kms.rotateKeyOnDemand({ KeyId }) },
  ScheduleKeyDeletion: { call: ({ kms, KeyId }) => kms.scheduleKeyDeletion({ KeyId }) },
  Sign: { kind: signing, call: ({ kms, KeyId }) => kms.sign({ KeyId, ...message, ...bySignature }) },
  TagResource: {
    call: ({ kms, KeyId }) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
  },
  UntagResource: { call: ({ kms, KeyId }) => kms.untagResource({ KeyId, TagKeys: ['a'] }) },
  UpdateAlias: {
    own: async ({ kms }) => {
      const { id } = await newKey({ kms })
      return ownAlias({ kms, KeyId: id })
    },
    call: ({ kms, KeyId, made }) => kms.updateAlias({ AliasName: text(made.AliasName), TargetKeyId: KeyId }),
  },
  UpdateKeyDescription: { call: ({ kms, KeyId }) => kms.updateKeyDescription({ KeyId, Description: 'a' }) },
  UpdatePrimaryRegion: {
    kind: { MultiRegion: true },
    // Some have a replica already, by the state that they are to come to.
    own: async ({ kms, KeyId, serving }) => {
      const { KeyMetadata } = await kms.describeKey({ KeyId })
      if (KeyMetadata?.MultiRegionConfiguration?.ReplicaKeys?.length !== 0) return {}
      await kms.replicateKey({ KeyId, ReplicaRegion: abroad })
      serving.clock.advance(settlingMs)
      return {}
    },
    call: ({ kms, KeyId, region }) =>
      kms.updatePrimaryRegion({ KeyId, PrimaryRegion: region === home ? abroad : home }),
  },
  Verify: {
    kind: signing,
    before: async ({ kms, KeyId }) => kms.sign({ KeyId, ...message, ...bySignature }),
    call: ({ kms, KeyId, made }) =>
      kms.verify({ KeyId, ...message, ...bySignature, Signature: blob(made.Signature) }),
  },
  VerifyMac: {
    kind: mac,
    before: async ({ kms, KeyId }) => kms.generateMac({ KeyId, ...message, ...byMac }),
    call: ({ kms, KeyId, made }) => kms.verifyMac({ KeyId, ...message, ...byMac, Mac: blob(made.Mac) }),
  },
  Encapsulate: {
    kind: encapsulation,
    call: ({ kms, KeyId }) => kms.encapsulate({ KeyId, ...byMlKem }),
  },
  Decapsulate: {
    kind: encapsulation,
    before: async ({ kms, KeyId }) => kms.encapsulate({ KeyId, ...byMlKem }),
    call: ({ kms, KeyId, made }) => {
      const SharedSecretCiphertextBlob = blob(made.SharedSecretCiphertextBlob)
      return kms.decapsulate({ KeyId, ...byMlKem, SharedSecretCiphertextBlob })
    },
  },
}

/** What an import is made with; where none can be had, something that is refused for its key before it is looked at. */
async function tokenFor(kms: KMS, KeyId: string): Promise<object> {
  const none = { ImportToken: bytes('none'), EncryptedKeyMaterial: bytes('none') }
  return wrappedMaterial(kms, KeyId, material).catch(() => none)
}

function importOf(made: Subject['made']) {
  return {
    ImportToken: blob(made.ImportToken),
    EncryptedKeyMaterial: blob(made.EncryptedKeyMaterial),
  }
}
