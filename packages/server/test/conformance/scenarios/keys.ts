import { freshMaterial } from '../../importing.ts'
import { daysMs } from '../../serving.ts'
import { ireland, type World } from '../world.ts'
import { type Scenario, scenario } from './scenario.ts'

const metadata = (...members: string[]) => members.map((member) => `KeyMetadata.${member}`)

const ofReplica = (...members: string[]) => members.map((member) => `ReplicaKeyMetadata.${member}`)

type Made = Parameters<World['key']>[0]

/** What the metadata of a key shows by what it was made as, when it is made and whenever it is described. */
const kinds: readonly (readonly [when: string, shows: readonly string[], input: Made])[] = [
  ['symmetric', ['EncryptionAlgorithms', 'CurrentKeyMaterialId'], {}],
  ['for encryption with RSA', ['EncryptionAlgorithms'], { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }],
  ['for signing', ['SigningAlgorithms'], { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }],
  ['for key agreement', ['KeyAgreementAlgorithms'], { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }],
  [
    'for encapsulation',
    ['EncapsulationAlgorithms'],
    { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  ],
  ['for MACs', ['MacAlgorithms'], { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }],
  [
    'of several Regions',
    ['EncryptionAlgorithms', 'CurrentKeyMaterialId', 'MultiRegionConfiguration'],
    { MultiRegion: true },
  ],
  ['for material to be imported', ['EncryptionAlgorithms'], { Origin: 'EXTERNAL' }],
]

const imported = async ({ key, bring }: World, input: object) => {
  const id = await key({ Origin: 'EXTERNAL' })
  await bring(id, freshMaterial(), input)
  return id
}

const expiring = ({ serving }: World) => ({
  ExpirationModel: 'KEY_MATERIAL_EXPIRES',
  ValidTo: new Date(serving.clock.now() + daysMs(30)),
})

/** Operations that make keys, show them and change what becomes of them. */
export const keyScenarios: readonly Scenario[] = [
  ...kinds.flatMap(([when, shows, input]) => [
    scenario('CreateKey', when, metadata(...shows), ({ kms }) => kms.createKey(input ?? {})),
    scenario('DescribeKey', when, metadata(...shows), async ({ kms, key }) =>
      kms.describeKey({ KeyId: await key(input) }),
    ),
  ]),
  scenario(
    'DescribeKey',
    'of a key with replicas',
    metadata(
      'EncryptionAlgorithms',
      'CurrentKeyMaterialId',
      'MultiRegionConfiguration',
      'MultiRegionConfiguration.ReplicaKeys.Arn',
      'MultiRegionConfiguration.ReplicaKeys.Region',
    ),
    async ({ kms, replicated }) => kms.describeKey({ KeyId: await replicated() }),
  ),
  scenario(
    'DescribeKey',
    'of a key that is pending deletion',
    metadata('EncryptionAlgorithms', 'CurrentKeyMaterialId', 'DeletionDate'),
    async ({ kms, key }) => {
      const KeyId = await key()
      await kms.scheduleKeyDeletion({ KeyId })
      return kms.describeKey({ KeyId })
    },
  ),
  scenario(
    'DescribeKey',
    'of a key that waits for its replicas to be deleted',
    metadata(
      'EncryptionAlgorithms',
      'CurrentKeyMaterialId',
      'MultiRegionConfiguration',
      'MultiRegionConfiguration.ReplicaKeys.Arn',
      'MultiRegionConfiguration.ReplicaKeys.Region',
      'PendingDeletionWindowInDays',
    ),
    async ({ kms, replicated }) => {
      const KeyId = await replicated()
      await kms.scheduleKeyDeletion({ KeyId })
      return kms.describeKey({ KeyId })
    },
  ),
  scenario(
    'DescribeKey',
    'of a key with imported material that expires',
    metadata('EncryptionAlgorithms', 'CurrentKeyMaterialId', 'ExpirationModel', 'ValidTo'),
    async (world) => world.kms.describeKey({ KeyId: await imported(world, expiring(world)) }),
  ),
  scenario(
    'DescribeKey',
    'of a key with imported material that does not expire',
    metadata('EncryptionAlgorithms', 'CurrentKeyMaterialId', 'ExpirationModel'),
    async (world) => world.kms.describeKey({ KeyId: await imported(world, {}) }),
  ),
  scenario(
    'ReplicateKey',
    'with tags',
    [
      ...ofReplica('EncryptionAlgorithms', 'CurrentKeyMaterialId'),
      ...['ReplicaTags.TagKey', 'ReplicaTags.TagValue'],
    ],
    async ({ kms, key }) => {
      const Tags = [{ TagKey: 'a', TagValue: 'b' }]
      return kms.replicateKey({ KeyId: await key({ MultiRegion: true }), ReplicaRegion: ireland, Tags })
    },
  ),
  ...kinds
    .filter(([, , input]) => input?.Origin === undefined && input?.MultiRegion === undefined)
    .map(([when, shows, input]) =>
      scenario('ReplicateKey', when, ofReplica(...shows), async ({ kms, key }) =>
        kms.replicateKey({ KeyId: await key({ ...input, MultiRegion: true }), ReplicaRegion: ireland }),
      ),
    ),
  scenario('ScheduleKeyDeletion', 'of a key of one Region', ['DeletionDate'], async ({ kms, key }) =>
    kms.scheduleKeyDeletion({ KeyId: await key() }),
  ),
  scenario('ScheduleKeyDeletion', 'of a key with replicas', [], async ({ kms, replicated }) =>
    kms.scheduleKeyDeletion({ KeyId: await replicated() }),
  ),
  scenario('CancelKeyDeletion', 'always', [], async ({ kms, key }) => {
    const KeyId = await key()
    await kms.scheduleKeyDeletion({ KeyId })
    return kms.cancelKeyDeletion({ KeyId })
  }),
  scenario('GetKeyPolicy', 'always', [], async ({ kms, key }) => kms.getKeyPolicy({ KeyId: await key() })),
]

const lastUsage = ['Operation', 'Timestamp', 'CloudTrailEventId', 'KmsRequestId'].map(
  (member) => `KeyLastUsage.${member}`,
)

/** Operations on the material of keys: where it comes from, and how it changes. */
export const materialScenarios: readonly Scenario[] = [
  scenario('GetParametersForImport', 'always', [], async ({ kms, key }) =>
    kms.getParametersForImport({
      KeyId: await key({ Origin: 'EXTERNAL' }),
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  ),
  scenario('ImportKeyMaterial', 'always', [], async ({ key, bring }) =>
    bring(await key({ Origin: 'EXTERNAL' }), freshMaterial()),
  ),
  scenario('DeleteImportedKeyMaterial', 'always', [], async (world) =>
    world.kms.deleteImportedKeyMaterial({ KeyId: await imported(world, {}) }),
  ),
  scenario('RotateKeyOnDemand', 'always', [], async ({ kms, key }) =>
    kms.rotateKeyOnDemand({ KeyId: await key() }),
  ),
  scenario('GetKeyRotationStatus', 'while rotation is off', [], async ({ kms, key }) =>
    kms.getKeyRotationStatus({ KeyId: await key() }),
  ),
  scenario(
    'GetKeyRotationStatus',
    'while rotation is on',
    ['RotationPeriodInDays', 'NextRotationDate'],
    async ({ kms, key }) => {
      const KeyId = await key()
      await kms.enableKeyRotation({ KeyId })
      return kms.getKeyRotationStatus({ KeyId })
    },
  ),
  scenario(
    'ListKeyRotations',
    'of a key that was rotated',
    ['Rotations.RotationDate', 'Rotations.RotationType'],
    async ({ kms, key }) => {
      const KeyId = await key()
      await kms.rotateKeyOnDemand({ KeyId })
      return kms.listKeyRotations({ KeyId })
    },
  ),
  scenario(
    'ListKeyRotations',
    'of all material, some of it imported, described and expiring',
    [
      'KeyMaterialDescription',
      'ImportState',
      'ExpirationModel',
      'ValidTo',
      'RotationDate',
      'RotationType',
    ].map((member) => `Rotations.${member}`),
    async (world) => {
      const { kms, bring } = world
      const KeyId = await imported(world, { ...expiring(world), KeyMaterialDescription: 'the first' })
      await bring(KeyId, freshMaterial(), { ImportType: 'NEW_KEY_MATERIAL' })
      await kms.rotateKeyOnDemand({ KeyId })
      return kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })
    },
  ),
  scenario('ListKeyRotations', 'of all material, which was never rotated', [], async ({ kms, key }) =>
    kms.listKeyRotations({ KeyId: await key(), IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }),
  ),
  scenario(
    'ListKeyRotations',
    'of a page that is not the last',
    ['Rotations.RotationDate', 'Rotations.RotationType', 'NextMarker'],
    async ({ kms, key }) => {
      const KeyId = await key()
      await kms.rotateKeyOnDemand({ KeyId })
      await kms.rotateKeyOnDemand({ KeyId })
      return kms.listKeyRotations({ KeyId, Limit: 1 })
    },
  ),
  scenario('GetKeyLastUsage', 'of a key that was never used', [], async ({ kms, key }) =>
    kms.getKeyLastUsage({ KeyId: await key() }),
  ),
  scenario('GetKeyLastUsage', 'of a key that was used', lastUsage, async ({ kms, key, sealed }) => {
    const KeyId = await key()
    await sealed(KeyId)
    return kms.getKeyLastUsage({ KeyId })
  }),
]
