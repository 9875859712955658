import type { ConditionKeyValue } from '@claviger/policy'
import { type ConditionKeyRow, ofKey, type Question, yesNo } from './condition-key.ts'

/** The encryption context's value under a name, whose case does not count (AWS KMS Developer Guide, conditions). */
function encryptionContextValue({ facts }: Question, suffix: string): ConditionKeyValue {
  const context = facts.encryptionContext
  if (context === undefined) return undefined
  for (const name of Object.keys(context)) if (name.toLowerCase() === suffix) return context[name]
  return undefined
}

function encryptionContextKeys({ facts }: Question): ConditionKeyValue {
  const names = Object.keys(facts.encryptionContext ?? {})
  return names.length === 0 ? undefined : names
}

const keySpec = ofKey((key) => key.keySpec)
const keyUsage = ofKey((key) => key.keyUsage)

const notBuilt = (operation: string) => `\`${operation}\` is not built yet`
const noMultiRegion = 'there are no multi-Region keys yet'
const noAttestation = 'attestation documents (`Recipient`) are not read yet'

/** The condition keys of AWS KMS itself. To add one, add a row; a name that ends in `:` is the beginning of many. */
export const kmsConditionKeys: readonly ConditionKeyRow[] = [
  ['kms:BypassPolicyLockoutSafetyCheck', 'Bool', ({ facts }) => yesNo(facts.bypassPolicyLockoutSafetyCheck)],
  [
    'kms:CallerAccount',
    'String',
    ({ call, key, facts }) =>
      key === undefined && facts.newKey === undefined ? undefined : call.caller.account,
  ],
  ['kms:CustomerMasterKeySpec', 'String', keySpec],
  ['kms:CustomerMasterKeyUsage', 'String', keyUsage],
  ['kms:DataKeyPairSpec', 'String', notBuilt('GenerateDataKeyPair')],
  ['kms:EncryptionAlgorithm', 'String', ({ facts }) => facts.encryptionAlgorithm],
  ['kms:EncryptionContext:', 'String', encryptionContextValue],
  ['kms:EncryptionContextKeys', 'ArrayOfString', encryptionContextKeys],
  ['kms:ExpirationModel', 'String', notBuilt('ImportKeyMaterial')],
  ['kms:GrantConstraintSourceArn', 'ARN', ({ facts }) => facts.grant?.sourceArn],
  ['kms:GrantConstraintType', 'String', ({ facts }) => facts.grant?.constraintType],
  ['kms:GranteePrincipal', 'String', ({ facts }) => facts.grant?.granteePrincipal],
  ['kms:GranteeServicePrincipal', 'String', ({ facts }) => facts.grant?.granteeServicePrincipal],
  ['kms:GrantIsForAWSResource', 'Bool', ({ facts }) => yesNo(facts.grantIsForAwsResource)],
  ['kms:GrantOperations', 'ArrayOfString', ({ facts }) => facts.grant?.operations],
  ['kms:KeyAgreementAlgorithm', 'String', notBuilt('DeriveSharedSecret')],
  ['kms:KeyOrigin', 'String', ofKey((key) => key.origin)],
  ['kms:KeySpec', 'String', keySpec],
  ['kms:KeyUsage', 'String', keyUsage],
  ['kms:MacAlgorithm', 'String', notBuilt('GenerateMac')],
  ['kms:MessageType', 'String', notBuilt('Sign')],
  ['kms:MultiRegion', 'Bool', ofKey((key) => String(key.multiRegion))],
  ['kms:MultiRegionKeyType', 'String', noMultiRegion],
  ['kms:PrimaryRegion', 'String', noMultiRegion],
  ['kms:ReEncryptOnSameKey', 'Bool', ({ facts }) => yesNo(facts.reEncryptOnSameKey)],
  ['kms:RecipientAttestation:ImageSha384', 'String', noAttestation],
  // The numbers of the registers follow these names, as in `PCR0`.
  ['kms:RecipientAttestation:NitroTPMPCR', 'String', noAttestation],
  ['kms:RecipientAttestation:PCR', 'String', noAttestation],
  ['kms:ReplicaRegion', 'String', noMultiRegion],
  ['kms:RequestAlias', 'String', ({ facts }) => facts.requestAlias],
  // Never more than the aliases-per-key quota, which CreateAlias keeps; above it AWS would deny.
  [
    'kms:ResourceAliases',
    'ArrayOfString',
    ({ key }) => (key === undefined || key.aliasNames.length === 0 ? undefined : key.aliasNames),
  ],
  ['kms:RetiringPrincipal', 'String', ({ facts }) => facts.grant?.retiringPrincipal],
  ['kms:RetiringServicePrincipal', 'String', ({ facts }) => facts.grant?.retiringServicePrincipal],
  ['kms:RotationPeriodInDays', 'Numeric', notBuilt('EnableKeyRotation')],
  [
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    'Numeric',
    ({ facts }) => (facts.pendingWindowInDays === undefined ? undefined : String(facts.pendingWindowInDays)),
  ],
  ['kms:SigningAlgorithm', 'String', notBuilt('Sign')],
  ['kms:TrailingDaysWithoutKeyUsage', 'Numeric', 'the last usage of keys is not kept yet'],
  ['kms:ValidTo', 'Date', notBuilt('ImportKeyMaterial')],
  ['kms:ViaService', 'String', 'no AWS service calls here for a principal yet'],
  ['kms:WrappingAlgorithm', 'String', notBuilt('GetParametersForImport')],
  ['kms:WrappingKeySpec', 'String', notBuilt('GetParametersForImport')],
]
