import type { ConditionKeys, Principal } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'

/** What a condition key's value is taken from: one thing asked of one caller in one call. */
export interface Question {
  readonly call: Call
  readonly key: KeyEntry | undefined
  readonly facts: RequestFacts
  /** The account that owns what is acted on. */
  readonly resourceAccount: string
}

type Value = string | readonly string[] | undefined
type Supplier = (question: Question, suffix: string) => Value

/** Keys that name something not built yet are absent, as they are on AWS for a caller without that thing. */
const absent: Supplier = () => undefined

const yesNo = (value: boolean | undefined): Value => (value === undefined ? undefined : String(value))

function ofPrincipal<K extends Principal['kind']>(
  kind: K,
  read: (principal: Extract<Principal, { kind: K }>, question: Question) => Value,
): Supplier {
  return (question) => {
    const { principal } = question.call.caller
    return principal.kind === kind ? read(principal as Extract<Principal, { kind: K }>, question) : undefined
  }
}

function principalArn({ call }: Question): Value {
  const { principal } = call.caller
  if (principal.kind === 'service') return undefined
  return principal.kind === 'assumed-role' ? principal.roleArn : principal.arn
}

const typeByKind: Record<Principal['kind'], string | undefined> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
}

function userId({ call }: Question): Value {
  const { principal } = call.caller
  switch (principal.kind) {
    case 'root':
      return principal.account
    case 'user':
      return principal.uniqueId
    case 'assumed-role':
      return `${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
      return `${principal.account}:${principal.arn.slice(principal.arn.indexOf('/') + 1)}`
    case 'service':
      return undefined
  }
}

/** The encryption context's value under a name, whose case does not count (AWS KMS Developer Guide, conditions). */
function encryptionContextValue({ facts }: Question, suffix: string): Value {
  const context = facts.encryptionContext
  if (context === undefined) return undefined
  for (const name of Object.keys(context)) if (name.toLowerCase() === suffix) return context[name]
  return undefined
}

function encryptionContextKeys({ facts }: Question): Value {
  const names = Object.keys(facts.encryptionContext ?? {})
  return names.length === 0 ? undefined : names
}

const requestTag: Supplier = ({ facts }, suffix) =>
  facts.requestTags?.find((tag) => tag.key.toLowerCase() === suffix)?.value

/** A property of the key acted on; for CreateKey, of the key that is asked for. */
function ofKey(
  read: (key: { keySpec: string; keyUsage: string; origin: string; multiRegion: boolean }) => Value,
): Supplier {
  return ({ key, facts }) => {
    const described = key?.key ?? facts.newKey
    return described === undefined ? undefined : read(described)
  }
}

const keySpec = ofKey((key) => key.keySpec)
const keyUsage = ofKey((key) => key.keyUsage)

/**
 * Every condition key we know: its name, and who supplies its value. A name that ends in `/` or `:` is the
 * beginning of many. To add one, add a row.
 */
const rows: readonly [name: string, supplier: Supplier][] = [
  ['kms:BypassPolicyLockoutSafetyCheck', ({ facts }) => yesNo(facts.bypassPolicyLockoutSafetyCheck)],
  [
    'kms:CallerAccount',
    ({ call, key, facts }) =>
      key === undefined && facts.newKey === undefined ? undefined : call.caller.account,
  ],
  ['kms:CustomerMasterKeySpec', keySpec],
  ['kms:CustomerMasterKeyUsage', keyUsage],
  ['kms:DataKeyPairSpec', absent],
  ['kms:EncryptionAlgorithm', ({ facts }) => facts.encryptionAlgorithm],
  ['kms:EncryptionContext:', encryptionContextValue],
  ['kms:EncryptionContextKeys', encryptionContextKeys],
  ['kms:ExpirationModel', absent],
  ['kms:GrantConstraintSourceArn', ({ facts }) => facts.grant?.sourceArn],
  ['kms:GrantConstraintType', ({ facts }) => facts.grant?.constraintType],
  ['kms:GranteePrincipal', ({ facts }) => facts.grant?.granteePrincipal],
  ['kms:GranteeServicePrincipal', ({ facts }) => facts.grant?.granteeServicePrincipal],
  ['kms:GrantIsForAWSResource', ({ facts }) => yesNo(facts.grantIsForAwsResource)],
  ['kms:GrantOperations', ({ facts }) => facts.grant?.operations],
  ['kms:KeyAgreementAlgorithm', absent],
  ['kms:KeyOrigin', ofKey((key) => key.origin)],
  ['kms:KeySpec', keySpec],
  ['kms:KeyUsage', keyUsage],
  ['kms:MacAlgorithm', absent],
  ['kms:MessageType', absent],
  ['kms:MultiRegion', ofKey((key) => String(key.multiRegion))],
  ['kms:MultiRegionKeyType', absent],
  ['kms:PrimaryRegion', absent],
  ['kms:ReEncryptOnSameKey', ({ facts }) => yesNo(facts.reEncryptOnSameKey)],
  ['kms:RecipientAttestation:', absent],
  ['kms:ReplicaRegion', absent],
  ['kms:RequestAlias', ({ facts }) => facts.requestAlias],
  ['kms:ResourceAliases', ({ key }) => (key?.aliasNames.length ? key.aliasNames : undefined)],
  ['kms:RetiringPrincipal', ({ facts }) => facts.grant?.retiringPrincipal],
  ['kms:RetiringServicePrincipal', ({ facts }) => facts.grant?.retiringServicePrincipal],
  ['kms:RotationPeriodInDays', absent],
  [
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    ({ facts }) => (facts.pendingWindowInDays === undefined ? undefined : String(facts.pendingWindowInDays)),
  ],
  ['kms:SigningAlgorithm', absent],
  ['kms:TrailingDaysWithoutKeyUsage', absent],
  ['kms:ValidTo', absent],
  ['kms:ViaService', absent],
  ['kms:WrappingAlgorithm', absent],
  ['kms:WrappingKeySpec', absent],

  ['aws:PrincipalArn', principalArn],
  ['aws:PrincipalAccount', ({ call }) => call.caller.account],
  ['aws:PrincipalIsAWSService', ({ call }) => String(call.caller.principal.kind === 'service')],
  ['aws:PrincipalServiceName', ofPrincipal('service', (principal) => principal.service)],
  ['aws:PrincipalServiceNamesList', ofPrincipal('service', (principal) => [principal.service])],
  ['aws:PrincipalType', ({ call }) => typeByKind[call.caller.principal.kind]],
  [
    'aws:PrincipalTag/',
    ({ call }, suffix) => call.caller.tags.find((tag) => tag.key.toLowerCase() === suffix)?.value,
  ],
  ['aws:PrincipalOrgID', absent],
  ['aws:PrincipalOrgPaths', absent],
  ['aws:userid', userId],
  ['aws:username', ofPrincipal('user', (principal) => principal.name)],
  ['aws:TokenIssueTime', absent],
  ['aws:MultiFactorAuthAge', absent],
  ['aws:MultiFactorAuthPresent', absent],
  ['aws:FederatedProvider', absent],
  ['aws:AssumedRoot', absent],
  ['aws:SourceIdentity', absent],
  ['aws:SourceIp', ({ call }) => call.connection.sourceIp],
  ['aws:SourceVpc', absent],
  ['aws:SourceVpcArn', absent],
  ['aws:SourceVpce', absent],
  ['aws:VpceAccount', absent],
  ['aws:VpceOrgID', absent],
  ['aws:VpceOrgPaths', absent],
  ['aws:VpcSourceIp', absent],
  ['aws:ResourceAccount', ({ resourceAccount }) => resourceAccount],
  ['aws:ResourceOrgID', absent],
  ['aws:ResourceOrgPaths', absent],
  ['aws:ResourceTag/', ({ key }, suffix) => key?.tags.get(suffix)],
  ['aws:RequestTag/', requestTag],
  ['aws:TagKeys', ({ facts }) => facts.tagKeys ?? facts.requestTags?.map((tag) => tag.key)],
  ['aws:CalledVia', absent],
  ['aws:CalledViaFirst', absent],
  ['aws:CalledViaLast', absent],
  ['aws:ViaAWSService', () => 'false'],
  ['aws:CurrentTime', ({ call }) => new Date(call.now).toISOString()],
  ['aws:EpochTime', ({ call }) => String(Math.floor(call.now / 1000))],
  ['aws:referer', ({ call }) => call.connection.referer],
  ['aws:RequestedRegion', ({ call }) => call.region],
  ['aws:SecureTransport', ({ call }) => String(call.connection.tls !== undefined)],
  ['aws:SourceArn', absent],
  ['aws:SourceAccount', absent],
  ['aws:SourceOwner', absent],
  ['aws:SourceOrgID', absent],
  ['aws:SourceOrgPaths', absent],
  ['aws:UserAgent', ({ call }) => call.connection.userAgent],
]

const supplierByName = new Map<string, Supplier>()
const supplierByBeginning = new Map<string, Supplier>()
for (const [name, supplier] of rows) {
  const table = name.endsWith('/') || name.endsWith(':') ? supplierByBeginning : supplierByName
  table.set(name.toLowerCase(), supplier)
}

/** The condition keys of one question, each looked up only when a statement asks for it. */
export function conditionKeysOf(question: Question): ConditionKeys {
  return {
    find(name) {
      const supplier = supplierByName.get(name)
      if (supplier !== undefined) return supplier(question, '')
      const end = name.startsWith('kms:') ? name.indexOf(':', 'kms:'.length) : name.indexOf('/')
      if (end < 0) return undefined
      return supplierByBeginning.get(name.slice(0, end + 1))?.(question, name.slice(end + 1))
    },
  }
}

/** Every condition key we know, for whoever documents them: its name, and whether anything fills it. */
export const conditionKeyRows: readonly { readonly name: string; readonly filled: boolean }[] = rows.map(
  ([name, supplier]) => ({ name, filled: supplier !== absent }),
)
