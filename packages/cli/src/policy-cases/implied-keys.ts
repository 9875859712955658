import type { ConditionKeys, ConditionKeyValue, Grant, Principal } from '@claviger/policy'
import type { DecisionCase } from './decision-case.ts'
import { kmsActionByName, operationOf } from './kms-actions.ts'

/** A case while one action of it is decided, and the grant where it is about one. */
interface Asked {
  readonly one: DecisionCase
  readonly operation: string
  readonly grant: Grant | undefined
}

type Supplier = (asked: Asked, suffix: string) => ConditionKeyValue

/**
 * The condition keys of a case: what it says itself, and below that what AWS would fill in from caller, resource
 * and request. Keys of the connection and of the key's properties are nobody's to guess, and absent unless given.
 */
export function conditionKeysOf(one: DecisionCase, action: string, grant?: Grant): ConditionKeys {
  const asked: Asked = { one, operation: operationOf(action) ?? '', grant }
  return {
    find(name) {
      const given = one.conditionKeys.get(name)
      if (given !== undefined || one.conditionKeysComplete) return given
      const supplier = supplierByName.get(name)
      if (supplier !== undefined) return supplier(asked, '')
      const end = name.startsWith('kms:') ? name.indexOf(':', 'kms:'.length) : name.indexOf('/')
      return end < 0
        ? undefined
        : supplierByBeginning.get(name.slice(0, end + 1))?.(asked, name.slice(end + 1))
    },
  }
}

function ofPrincipal<K extends Principal['kind']>(
  kind: K,
  read: (principal: Extract<Principal, { kind: K }>) => ConditionKeyValue,
): Supplier {
  return ({ one: { principal } }) =>
    principal.kind === kind ? read(principal as Extract<Principal, { kind: K }>) : undefined
}

const principalArn: Supplier = ({ one: { principal } }) => {
  if (principal.kind === 'service') return undefined
  return principal.kind === 'assumed-role' ? principal.roleArn : principal.arn
}

const account: Supplier = ({ one: { principal } }) =>
  principal.kind === 'service' ? undefined : principal.account

/** Not there for operations that concern no key, but for CreateKey. */
const callerAccount: Supplier = (asked) => {
  const subject = kmsActionByName.get(asked.operation)?.subject
  return subject === 'account' && !/^CreateKey$|CustomKeyStore/.test(asked.operation)
    ? undefined
    : account(asked, '')
}

const typeByKind: Record<Principal['kind'], string | undefined> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
  'web-identity': undefined,
}

const userId: Supplier = ({ one: { principal } }) => {
  switch (principal.kind) {
    case 'root':
      return principal.account
    case 'user':
      return principal.uniqueId
    case 'assumed-role':
      return principal.roleId && `${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
      return `${principal.account}:${principal.arn.slice(principal.arn.indexOf('/') + 1)}`
    case 'service':
    case 'web-identity':
      return undefined
  }
}

const isViaService = ({ one }: Asked) => one.conditionKeys.has('kms:viaservice')

/** Operations whose request has an encryption context. Grants have one too, in their constraints. */
const withEncryptionContext =
  /^(Encrypt|Decrypt|ReEncrypt(From|To)|GenerateDataKey(Pair)?(WithoutPlaintext)?)$/

function constraintsOf({ one, operation, grant }: Asked) {
  if (operation === 'CreateGrant') return one.request.constraints ?? {}
  return operation === 'RetireGrant' ? (grant?.constraints ?? {}) : {}
}

function encryptionContextOf(asked: Asked): Readonly<Record<string, string>> {
  if (withEncryptionContext.test(asked.operation)) return asked.one.encryptionContext
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraintsOf(asked)
  return equals ?? subset ?? {}
}

/** The name's case does not count. */
const encryptionContextValue: Supplier = (asked, suffix) => {
  const context = encryptionContextOf(asked)
  for (const name of Object.keys(context)) if (name.toLowerCase() === suffix) return context[name]
  return undefined
}

const encryptionContextKeys: Supplier = (asked) => {
  const names = Object.keys(encryptionContextOf(asked))
  return names.length === 0 ? undefined : names
}

const constraintType: Supplier = (asked) => {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraintsOf(asked)
  if (equals !== undefined) return 'EncryptionContextEquals'
  return subset && 'EncryptionContextSubset'
}

/** A member of the input where the operation has it; when it was not sent, what AWS takes in its place. */
function member(operations: RegExp, names: readonly string[], standard?: string): Supplier {
  return ({ one, operation }) => {
    if (!operations.test(operation)) return undefined
    for (const name of names) if (one.request.members[name] !== undefined) return one.request.members[name]
    return standard
  }
}

const forGrants: Supplier = (asked) =>
  /^(CreateGrant|ListGrants|RevokeGrant)$/.test(asked.operation) ? String(isViaService(asked)) : undefined

const takingAliases =
  /^(Encrypt|Decrypt|ReEncrypt(From|To)|GenerateDataKey(Pair)?(WithoutPlaintext)?|Sign|Verify|(Generate|Verify)Mac|DeriveSharedSecret|(En|De)capsulate|DescribeKey|GetPublicKey)$/

/** The name of the alias by which the request names its key, if it does so. */
const requestAlias: Supplier = ({ one, operation }) => {
  const named = takingAliases.test(operation) ? one.request.members.KeyId : undefined
  return named && /^(?:arn:[^:]*:kms:[^:]*:[^:]*:)?(alias\/.+)$/.exec(named)?.[1]
}

const tagging = /^(CreateKey|ReplicateKey|TagResource)$/

const requestTag: Supplier = ({ one, operation }, suffix) =>
  tagging.test(operation)
    ? one.request.tags?.find(({ key }) => key.toLowerCase() === suffix)?.value
    : undefined

const tagKeys: Supplier = ({ one: { request }, operation }) => {
  if (operation === 'UntagResource') return request.tagKeys
  return tagging.test(operation) ? request.tags?.map(({ key }) => key) : undefined
}

/** `member`s of CreateGrant alone. */
const ofNewGrant = (name: string) => member(/^CreateGrant$/, [name])

const creating = /^CreateKey$/
const signing = /^(Sign|Verify)$/
const importing = /^ImportKeyMaterial$/

/** Every condition key that a case implies, and what it is taken from. To add one, add a row. */
const rows: readonly [name: string, supplier: Supplier][] = [
  ['aws:PrincipalArn', principalArn],
  ['aws:PrincipalAccount', account],
  ['aws:PrincipalIsAWSService', ({ one }) => String(one.principal.kind === 'service')],
  ['aws:PrincipalServiceName', ofPrincipal('service', ({ service }) => service)],
  ['aws:PrincipalServiceNamesList', ofPrincipal('service', ({ service }) => [service])],
  ['aws:PrincipalType', ({ one }) => typeByKind[one.principal.kind]],
  ['aws:userid', userId],
  ['aws:username', ofPrincipal('user', ({ name }) => name)],
  ['aws:ResourceAccount', ({ one }) => one.resource.split(':')[4] || undefined],
  ['aws:RequestedRegion', ({ one }) => one.resource.split(':')[3] || undefined],
  ['aws:ViaAWSService', (asked) => String(isViaService(asked))],
  ['aws:RequestTag/', requestTag],
  ['aws:TagKeys', tagKeys],

  ['kms:CallerAccount', callerAccount],
  ['kms:EncryptionContext:', encryptionContextValue],
  ['kms:EncryptionContextKeys', encryptionContextKeys],
  ['kms:RequestAlias', requestAlias],
  ['kms:GrantConstraintType', constraintType],
  [
    'kms:GrantConstraintSourceArn',
    (asked) => (asked.operation === 'CreateGrant' ? constraintsOf(asked).sourceArn : undefined),
  ],
  [
    'kms:GrantOperations',
    ({ one, operation }) => (operation === 'CreateGrant' ? one.request.operations : undefined),
  ],
  ['kms:GranteePrincipal', ofNewGrant('GranteePrincipal')],
  ['kms:GranteeServicePrincipal', ofNewGrant('GranteeServicePrincipal')],
  ['kms:RetiringPrincipal', ofNewGrant('RetiringPrincipal')],
  ['kms:RetiringServicePrincipal', ofNewGrant('RetiringServicePrincipal')],
  ['kms:GrantIsForAWSResource', forGrants],

  [
    'kms:BypassPolicyLockoutSafetyCheck',
    member(/^(CreateKey|PutKeyPolicy|ReplicateKey)$/, ['BypassPolicyLockoutSafetyCheck']),
  ],
  [
    'kms:EncryptionAlgorithm',
    (asked, suffix) =>
      asked.operation === 'ReEncryptFrom' || asked.operation === 'ReEncryptTo'
        ? reEncryptionAlgorithm(asked, suffix)
        : member(withEncryptionContext, ['EncryptionAlgorithm'], 'SYMMETRIC_DEFAULT')(asked, suffix),
  ],
  ['kms:KeySpec', member(creating, ['KeySpec', 'CustomerMasterKeySpec'], 'SYMMETRIC_DEFAULT')],
  ['kms:CustomerMasterKeySpec', member(creating, ['KeySpec', 'CustomerMasterKeySpec'], 'SYMMETRIC_DEFAULT')],
  ['kms:KeyUsage', member(creating, ['KeyUsage'], 'ENCRYPT_DECRYPT')],
  ['kms:CustomerMasterKeyUsage', member(creating, ['KeyUsage'], 'ENCRYPT_DECRYPT')],
  ['kms:KeyOrigin', member(creating, ['Origin'], 'AWS_KMS')],
  ['kms:MultiRegion', member(creating, ['MultiRegion'], 'false')],
  ['kms:SigningAlgorithm', member(signing, ['SigningAlgorithm'])],
  ['kms:MessageType', member(signing, ['MessageType'], 'RAW')],
  ['kms:MacAlgorithm', member(/^(Generate|Verify)Mac$/, ['MacAlgorithm'])],
  ['kms:KeyAgreementAlgorithm', member(/^DeriveSharedSecret$/, ['KeyAgreementAlgorithm'])],
  ['kms:DataKeyPairSpec', member(/^GenerateDataKeyPair/, ['KeyPairSpec'])],
  ['kms:ReplicaRegion', member(/^ReplicateKey$/, ['ReplicaRegion'])],
  ['kms:PrimaryRegion', member(/^UpdatePrimaryRegion$/, ['PrimaryRegion'])],
  ['kms:RotationPeriodInDays', member(/^EnableKeyRotation$/, ['RotationPeriodInDays'], '365')],
  [
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    member(/^ScheduleKeyDeletion$/, ['PendingWindowInDays'], '30'),
  ],
  ['kms:ExpirationModel', member(importing, ['ExpirationModel'])],
  ['kms:ValidTo', member(importing, ['ValidTo'])],
  ['kms:WrappingAlgorithm', member(/^GetParametersForImport$/, ['WrappingAlgorithm'])],
  ['kms:WrappingKeySpec', member(/^GetParametersForImport$/, ['WrappingKeySpec'])],
]

/** Each side of a ReEncrypt has its own. */
function reEncryptionAlgorithm(asked: Asked, suffix: string): ConditionKeyValue {
  const name =
    asked.operation === 'ReEncryptFrom' ? 'SourceEncryptionAlgorithm' : 'DestinationEncryptionAlgorithm'
  return member(/./, [name], 'SYMMETRIC_DEFAULT')(asked, suffix)
}

const supplierByName = new Map<string, Supplier>()
const supplierByBeginning = new Map<string, Supplier>()
for (const [name, supplier] of rows) {
  const table = name.endsWith('/') || name.endsWith(':') ? supplierByBeginning : supplierByName
  table.set(name.toLowerCase(), supplier)
}

/** Every condition key that a case implies, for whoever documents them. */
export const impliedKeyNames: readonly string[] = rows.map(([name]) => name)
