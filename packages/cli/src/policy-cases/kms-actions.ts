/**
 * What the actions of KMS need: AWS KMS Developer Guide, "AWS KMS permissions". `key`: a key decides, together with
 * the caller's own policies. `account`: the caller's policies alone do.
 */
const rows: readonly [subject: 'key' | 'account', acrossAccounts: boolean, names: string][] = [
  [
    'key',
    true,
    'CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey ' +
      'GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac ' +
      'GetKeyRotationStatus GetPublicKey ListGrants ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant Sign ' +
      'Verify VerifyMac',
  ],
  [
    'key',
    false,
    'CancelKeyDeletion CreateAlias DeleteAlias DeleteImportedKeyMaterial DisableKey DisableKeyRotation EnableKey ' +
      'EnableKeyRotation GetKeyLastUsage GetKeyPolicy GetParametersForImport ImportKeyMaterial ListKeyPolicies ' +
      'ListKeyRotations ListResourceTags PutKeyPolicy ReplicateKey RotateKeyOnDemand ScheduleKeyDeletion ' +
      'SynchronizeMultiRegionKey TagResource UntagResource UpdateAlias UpdateKeyDescription UpdatePrimaryRegion',
  ],
  [
    'account',
    false,
    'ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores ' +
      'DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants UpdateCustomKeyStore',
  ],
]

/** What is known about one action. */
export interface KmsAction {
  readonly subject: 'key' | 'account'
  /** Whether it can be used on a key of another account at all. */
  readonly acrossAccounts: boolean
}

/** Every action of KMS, by its name without `kms:`. */
export const kmsActionByName: ReadonlyMap<string, KmsAction> = new Map(
  rows.flatMap(([subject, acrossAccounts, names]) =>
    names.split(' ').map((name) => [name, { subject, acrossAccounts }] as const),
  ),
)

/** The name of the operation behind a KMS action; undefined for other services' actions. */
export function operationOf(action: string): string | undefined {
  return action.startsWith('kms:') ? action.slice('kms:'.length) : undefined
}
