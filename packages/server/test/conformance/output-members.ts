import { model, outputPaths, type Shape, shapeNamed } from './kms-model.ts'

/** Members of a key's metadata that not every key has, whether it is of several Regions or not. */
const ofSomeKeysAnywhere = [
  'DeletionDate',
  'ValidTo',
  'CustomKeyStoreId',
  'CloudHsmClusterId',
  'ExpirationModel',
  'EncryptionAlgorithms',
  'SigningAlgorithms',
  'KeyAgreementAlgorithms',
  'MacAlgorithms',
  'EncapsulationAlgorithms',
  'PendingDeletionWindowInDays',
  'XksKeyConfiguration',
  'CurrentKeyMaterialId',
]

/** Members that not every key has (AWS KMS API Reference, KeyMetadata). */
const ofSomeKeys = [
  ...ofSomeKeysAnywhere,
  'MultiRegionConfiguration',
  // A primary without replicas has an empty list.
  'MultiRegionConfiguration.ReplicaKeys.Arn',
  'MultiRegionConfiguration.ReplicaKeys.Region',
]

const ofSomeGrants = [
  'GranteePrincipal',
  'RetiringPrincipal',
  'GranteeServicePrincipal',
  'RetiringServicePrincipal',
  'Constraints',
  'Constraints.EncryptionContextSubset',
  'Constraints.EncryptionContextEquals',
  'Constraints.SourceArn',
]

const inside = (parent: string, members: readonly string[]) => members.map((member) => `${parent}.${member}`)

/** Members that only some answers of an operation have, as the model says of them; every answer has all the others. */
const conditionalByOperation: Readonly<Record<string, readonly string[]>> = {
  CreateKey: inside('KeyMetadata', ofSomeKeys),
  Decrypt: ['Plaintext', 'CiphertextForRecipient', 'KeyMaterialId'],
  DeriveSharedSecret: ['SharedSecret', 'CiphertextForRecipient'],
  DescribeCustomKeyStores: [
    ...inside('CustomKeyStores', [
      'CloudHsmClusterId',
      'TrustAnchorCertificate',
      'ConnectionErrorCode',
      'XksProxyConfiguration',
      'XksProxyConfiguration.VpcEndpointServiceName',
      'XksProxyConfiguration.VpcEndpointServiceOwner',
    ]),
    'NextMarker',
  ],
  DescribeKey: inside('KeyMetadata', ofSomeKeys),
  GenerateDataKey: ['Plaintext', 'CiphertextForRecipient', 'KeyMaterialId'],
  GenerateDataKeyPair: ['PrivateKeyPlaintext', 'CiphertextForRecipient'],
  GenerateRandom: ['Plaintext', 'CiphertextForRecipient'],
  // Empty, and there all the same, for a key that was never used.
  GetKeyLastUsage: inside('KeyLastUsage', ['Operation', 'Timestamp', 'CloudTrailEventId', 'KmsRequestId']),
  GetKeyRotationStatus: ['RotationPeriodInDays', 'NextRotationDate', 'OnDemandRotationStartDate'],
  GetPublicKey: [
    'EncryptionAlgorithms',
    'SigningAlgorithms',
    'KeyAgreementAlgorithms',
    'EncapsulationAlgorithms',
  ],
  ListAliases: ['NextMarker'],
  ListGrants: [...inside('Grants', ofSomeGrants), 'NextMarker'],
  ListKeyPolicies: ['NextMarker'],
  ListKeyRotations: [
    ...inside('Rotations', [
      'KeyMaterialDescription',
      'ImportState',
      'ExpirationModel',
      'ValidTo',
      'RotationDate',
      'RotationType',
    ]),
    'NextMarker',
  ],
  ListKeys: ['NextMarker'],
  ListResourceTags: ['NextMarker'],
  ListRetirableGrants: [
    ...inside(
      'Grants',
      ofSomeGrants.filter((member) => member !== 'RetiringPrincipal'),
    ),
    'NextMarker',
  ],
  ReEncrypt: ['SourceKeyMaterialId', 'DestinationKeyMaterialId'],
  ReplicateKey: [
    ...inside('ReplicaKeyMetadata', ofSomeKeysAnywhere),
    'ReplicaTags.TagKey',
    'ReplicaTags.TagValue',
  ],
  ScheduleKeyDeletion: ['DeletionDate'],
}

export function conditionalMembers(operation: string): readonly string[] {
  return conditionalByOperation[operation] ?? []
}

/** Operations and members of the table above that the model does not have. */
export function unknownMembers(): readonly string[] {
  return Object.entries(conditionalByOperation).flatMap(([operation, members]) =>
    members
      .filter((member) => !outputPaths(operation).includes(member))
      .map((member) => `${operation} ${member}`),
  )
}

/** The members an answer is to have: what every answer has, and of the conditional ones those that a scenario shows. */
export function wantedMembers(operation: string, shows: readonly string[]): readonly string[] {
  const left = conditionalMembers(operation).filter((member) => !shows.includes(member))
  return outputPaths(operation)
    .filter((path) => !left.some((member) => path === member || path.startsWith(`${member}.`)))
    .sort()
}

/** The members an answer has; of a list all that any of its elements has. */
export function shownMembers(operation: string, answer: object): readonly string[] {
  const name = model.operations[operation]?.output?.shape
  return name === undefined ? [] : [...new Set(membersOf(answer, shapeNamed(name), ''))].sort()
}

function membersOf(value: unknown, shape: Shape, path: string): string[] {
  if (shape.member !== undefined) {
    const element = shapeNamed(shape.member.shape)
    return (value as readonly unknown[]).flatMap((each) => membersOf(each, element, path))
  }
  return Object.entries(shape.members ?? {}).flatMap(([name, { shape: of }]) => {
    const member = (value as Readonly<Record<string, unknown>>)[name]
    const inner = path === '' ? name : `${path}.${name}`
    return member === undefined ? [] : [inner, ...membersOf(member, shapeNamed(of), inner)]
  })
}
