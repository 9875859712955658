import {
  type Authority,
  type ConditionKeyValue,
  type Form,
  type Grant,
  type NamedPolicy,
  type Policy,
  type PolicyKind,
  type Principal,
  parsePolicy,
} from '@claviger/policy'

/** A case as the file of decision cases writes it. */
export interface Case {
  readonly id: string
  readonly title: string
  readonly principal: {
    readonly type: 'IAMUser' | 'AssumedRole' | 'FederatedUser' | 'Root' | 'AWSService'
    readonly arn?: string
    readonly account?: string
    readonly roleArn?: string
    readonly issuerArn?: string
    readonly service?: string
    readonly serviceLinked?: boolean
    readonly uniqueId?: string
  }
  readonly action: string
  readonly resource: string
  readonly keyPolicy?: object | null
  readonly identity?: readonly object[]
  readonly boundary?: object
  readonly sessionPolicies?: readonly object[]
  readonly callerScps?: readonly (readonly object[])[]
  readonly ownerRcps?: readonly (readonly object[])[]
  readonly vpcePolicy?: object
  readonly grants?: readonly CaseGrant[]
  readonly context?: Readonly<Record<string, string | readonly string[]>>
  readonly contextComplete?: boolean
  readonly encryptionContext?: Readonly<Record<string, string>>
  readonly request?: {
    readonly KeyId?: string
    readonly Operations?: readonly string[]
    readonly Tags?: readonly object[]
    readonly Constraints?: CaseConstraints
    readonly BypassPolicyLockoutSafetyCheck?: boolean
  }
  readonly newKeyPolicy?: object
  readonly callerIsManagementAccount?: boolean
  readonly keyManager?: 'AWS' | 'CUSTOMER'
  readonly expect: {
    readonly decision: 'ALLOW' | 'DENY' | 'ERROR'
    readonly kind?: 'explicit' | 'implicit'
    readonly policyType?: string
  }
}

interface CaseConstraints {
  readonly EncryptionContextEquals?: Record<string, string>
  readonly EncryptionContextSubset?: Record<string, string>
  readonly SourceArn?: string
}

interface CaseGrant {
  readonly grantId?: string
  readonly granteePrincipal?: string
  readonly granteeServicePrincipal?: string
  readonly retiringPrincipal?: string
  readonly issuingAccount?: string
  readonly operations: readonly string[]
  readonly constraints?: CaseConstraints
}

/** How the case file calls our layers. */
export const policyTypes: Readonly<Record<string, string>> = {
  'key-policy': 'resource',
  'identity-policy': 'identity',
  'permissions-boundary': 'boundary',
  'session-policy': 'session',
  'service-control-policy': 'scp',
  'resource-control-policy': 'rcp',
  'endpoint-policy': 'vpce',
  'cross-account': 'operation-not-cross-account',
  grant: 'resource',
}

/** Operations of the cases that may be used on another account's key. */
const usedAcrossAccounts =
  /^kms:(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|Sign|Verify|GetPublicKey|DescribeKey|CreateGrant|ListGrants|R)/

export function principalOf({ principal }: Case): Principal {
  const { type, arn = '', account = '', roleArn = '', issuerArn = '', service = '', uniqueId } = principal
  switch (type) {
    case 'IAMUser':
      return { kind: 'user', arn, account, ...(uniqueId !== undefined && { uniqueId }) }
    case 'AssumedRole': {
      const serviceLinked = principal.serviceLinked ?? false
      return {
        kind: 'assumed-role',
        arn,
        roleArn,
        account,
        serviceLinked,
        ...(uniqueId !== undefined && { roleId: uniqueId }),
      }
    }
    case 'FederatedUser':
      return { kind: 'federated-user', arn, issuerArn, account }
    case 'Root':
      return { kind: 'root', arn, account }
    case 'AWSService':
      return { kind: 'service', service }
  }
}

export function authorityOf(one: Case, makeForm: (policy: Policy) => Form): Authority {
  const named = (document: object, kind: PolicyKind): NamedPolicy => {
    const parsed = parsePolicy(JSON.stringify(document), kind)
    if (!parsed.ok) throw new Error(`${one.id}: ${JSON.stringify(parsed.problems)}`)
    return { name: kind, form: makeForm(parsed.policy) }
  }
  const levels = (documents: Case['callerScps'], kind: PolicyKind) =>
    documents?.map((level) => level.map((document) => named(document, kind)))
  const { keyPolicy, boundary, vpcePolicy, keyManager } = one
  const serviceControlPolicies = levels(one.callerScps, 'service-control-policy')
  const resourceControlPolicies = levels(one.ownerRcps, 'resource-control-policy')
  return {
    resourceAccount: one.resource.split(':')[4] ?? '',
    identityPolicies: (one.identity ?? []).map((document) => named(document, 'identity-policy')),
    grants: (one.grants ?? []).map(grantOf),
    crossAccount: usedAcrossAccounts.test(one.action),
    encryptionContext: one.encryptionContext ?? {},
    ...(keyPolicy && { keyPolicy: named(keyPolicy, 'key-policy').form }),
    ...(boundary && { boundary: named(boundary, 'permissions-boundary') }),
    ...(one.sessionPolicies && {
      sessionPolicies: one.sessionPolicies.map((document) => named(document, 'session-policy')),
    }),
    ...(serviceControlPolicies && { serviceControlPolicies }),
    ...(resourceControlPolicies && { resourceControlPolicies }),
    ...(vpcePolicy && { endpointPolicy: named(vpcePolicy, 'endpoint-policy').form }),
    ...(one.request?.Operations && {
      newGrant: { operations: one.request.Operations, constraints: constraintsOf(one.request.Constraints) },
    }),
    ...(one.callerIsManagementAccount && { callerIsManagementAccount: true }),
    ...(keyManager && { keyManager }),
  }
}

function grantOf(grant: CaseGrant, index: number): Grant {
  const { constraints, grantId = `grant-${index}`, issuingAccount = '111122223333', ...rest } = grant
  return {
    ...rest,
    grantId,
    issuingAccount,
    ...(constraints && { constraints: constraintsOf(constraints) }),
  }
}

function constraintsOf(constraints: CaseConstraints = {}) {
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn: sourceArn,
  } = constraints
  return {
    ...(equals && { encryptionContextEquals: equals }),
    ...(subset && { encryptionContextSubset: subset }),
    ...(sourceArn !== undefined && { sourceArn }),
  }
}

/** What principal, resource and request imply, below what the case says itself. */
export function conditionKeysOf(one: Case): { find(name: string): ConditionKeyValue } {
  const values = new Map<string, ConditionKeyValue>()
  const principal = principalOf(one)
  if (!one.contextComplete) {
    if (principal.kind === 'service') values.set('aws:principalisawsservice', 'true')
    else {
      const arn = principal.kind === 'assumed-role' ? principal.roleArn : principal.arn
      values.set('aws:principalarn', arn)
      values.set('aws:principalaccount', principal.account)
      values.set('kms:calleraccount', principal.account)
      values.set('aws:principalisawsservice', 'false')
    }
    const pairs = Object.entries(one.encryptionContext ?? {})
    for (const [name, value] of pairs) values.set(`kms:encryptioncontext:${name.toLowerCase()}`, value)
    const names = pairs.map(([name]) => name)
    if (names.length > 0) values.set('kms:encryptioncontextkeys', names)
    const keyId = one.request?.KeyId
    if (keyId?.startsWith('alias/')) values.set('kms:requestalias', keyId)
  }
  for (const [name, value] of Object.entries(one.context ?? {})) values.set(name.toLowerCase(), value)
  return { find: (name) => values.get(name) }
}
