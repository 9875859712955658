import type { ConditionKeyValue } from '@claviger/policy'
import { type ConditionKeyRow, ofKey, type Question, type Supplier, yesNo } from './condition-key.ts'

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

/** A register of whoever the answer is sealed for, by its number; an enclave's and a NitroTPM's are different things. */
const registerOf =
  (source: 'enclave' | 'nitro-tpm'): Supplier =>
  ({ facts: { recipientAttestation } }, number) =>
    recipientAttestation?.source === source ? recipientAttestation.registers.get(number) : undefined

/** A service that calls for a principal wants the grant for what it keeps for that principal. */
function grantIsForAwsResource({ call, facts }: Question): ConditionKeyValue {
  return facts.concernsGrants ? String(call.caller.via !== undefined) : undefined
}

/** A service is of no account. */
function callerAccount({ call: { caller }, key, facts }: Question): ConditionKeyValue {
  if (caller.principal.kind === 'service') return undefined
  return key === undefined && facts.newKey === undefined ? undefined : caller.account
}

const keySpec = ofKey((key) => key.keySpec)
const keyUsage = ofKey((key) => key.keyUsage)

/** The condition keys of AWS KMS itself. To add one, add a row; a name that ends in `:` is the beginning of many. */
export const kmsConditionKeys: readonly ConditionKeyRow[] = [
  ['kms:BypassPolicyLockoutSafetyCheck', 'Bool', ({ facts }) => yesNo(facts.bypassPolicyLockoutSafetyCheck)],
  ['kms:CallerAccount', 'String', callerAccount],
  ['kms:CustomerMasterKeySpec', 'String', keySpec],
  ['kms:CustomerMasterKeyUsage', 'String', keyUsage],
  ['kms:DataKeyPairSpec', 'String', ({ facts }) => facts.dataKeyPairSpec],
  ['kms:EncryptionAlgorithm', 'String', ({ facts }) => facts.encryptionAlgorithm],
  ['kms:EncryptionContext:', 'String', encryptionContextValue],
  ['kms:EncryptionContextKeys', 'ArrayOfString', encryptionContextKeys],
  ['kms:ExpirationModel', 'String', ({ facts }) => facts.expirationModel],
  ['kms:GrantConstraintSourceArn', 'ARN', ({ facts }) => facts.grant?.sourceArn],
  ['kms:GrantConstraintType', 'String', ({ facts }) => facts.grant?.constraintType],
  ['kms:GranteePrincipal', 'String', ({ facts }) => facts.grant?.granteePrincipal],
  ['kms:GranteeServicePrincipal', 'String', ({ facts }) => facts.grant?.granteeServicePrincipal],
  ['kms:GrantIsForAWSResource', 'Bool', grantIsForAwsResource],
  ['kms:GrantOperations', 'ArrayOfString', ({ facts }) => facts.grant?.operations],
  ['kms:KeyAgreementAlgorithm', 'String', ({ facts }) => facts.keyAgreementAlgorithm],
  ['kms:KeyOrigin', 'String', ofKey((key) => key.origin)],
  ['kms:KeySpec', 'String', keySpec],
  ['kms:KeyUsage', 'String', keyUsage],
  ['kms:MacAlgorithm', 'String', ({ facts }) => facts.macAlgorithm],
  ['kms:MessageType', 'String', ({ facts }) => facts.messageType],
  ['kms:MultiRegion', 'Bool', ofKey((key) => String(key.multiRegion))],
  ['kms:MultiRegionKeyType', 'String', ofKey((key) => key.multiRegionKeyType)],
  ['kms:PrimaryRegion', 'String', ({ facts }) => facts.primaryRegion],
  ['kms:ReEncryptOnSameKey', 'Bool', ({ facts }) => yesNo(facts.reEncryptOnSameKey)],
  ['kms:RecipientAttestation:ImageSha384', 'String', (question) => registerOf('enclave')(question, '0')],
  // The numbers of the registers follow these names, as in `PCR0`.
  ['kms:RecipientAttestation:NitroTPMPCR', 'String', registerOf('nitro-tpm')],
  ['kms:RecipientAttestation:PCR', 'String', registerOf('enclave')],
  ['kms:ReplicaRegion', 'String', ({ facts }) => facts.replicaRegion],
  ['kms:RequestAlias', 'String', ({ facts }) => facts.requestAlias],
  // Never more than the aliases-per-key quota, which CreateAlias keeps; above it AWS would deny.
  [
    'kms:ResourceAliases',
    'ArrayOfString',
    ({ key }) => (key === undefined || key.aliasNames.length === 0 ? undefined : key.aliasNames),
  ],
  ['kms:RetiringPrincipal', 'String', ({ facts }) => facts.grant?.retiringPrincipal],
  ['kms:RetiringServicePrincipal', 'String', ({ facts }) => facts.grant?.retiringServicePrincipal],
  [
    'kms:RotationPeriodInDays',
    'Numeric',
    ({ facts }) =>
      facts.rotationPeriodInDays === undefined ? undefined : String(facts.rotationPeriodInDays),
  ],
  [
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    'Numeric',
    ({ facts }) => (facts.pendingWindowInDays === undefined ? undefined : String(facts.pendingWindowInDays)),
  ],
  ['kms:SigningAlgorithm', 'String', ({ facts }) => facts.signingAlgorithm],
  [
    'kms:TrailingDaysWithoutKeyUsage',
    'Numeric',
    ({ facts }) => (facts.daysWithoutUsage === undefined ? undefined : String(facts.daysWithoutUsage)),
  ],
  // In seconds, so that it can be asked about as a date and, as AWS's own examples do, as a number.
  [
    'kms:ValidTo',
    'Date',
    ({ facts }) => (facts.validTo === undefined ? undefined : String(facts.validTo / 1000)),
  ],
  [
    'kms:ViaService',
    'String',
    ({ call, key, facts }) => (key === undefined && facts.newKey === undefined ? undefined : call.caller.via),
  ],
  ['kms:WrappingAlgorithm', 'String', ({ facts }) => facts.wrappingAlgorithm],
  ['kms:WrappingKeySpec', 'String', ({ facts }) => facts.wrappingKeySpec],
]
