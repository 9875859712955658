import {
  type AccessRequest,
  type Authority,
  authorize,
  type CompiledPolicy,
  type ConditionKeyValue,
  compilePolicy,
  type Decision,
  type Grant,
  noConditionKeys,
  type PolicyKind,
  type Principal,
  parsePolicy,
} from '@claviger/policy'

/** One thing to be timed: run it often, divide. */
export interface DecisionCase {
  readonly name: string
  /** What must come out, because a case that decides otherwise measures something else. */
  readonly wanted: Decision
  decide(): Decision
}

/** The account of the key and of the caller; exported with the rest for engines that are to decide the same. */
export const account = '111122223333'
/** An account that the key's policy does not speak of. */
export const strangerAccount = '444455556666'
/** The key that is asked for. */
export const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
/** The caller. */
export const user = {
  kind: 'user',
  arn: `arn:aws:iam::${account}:user/alice`,
  account,
  uniqueId: 'AIDAEXAMPLE',
  name: 'alice',
} as const satisfies Principal

const request: AccessRequest = {
  principal: user,
  action: 'kms:Decrypt',
  resource: key,
  conditionKeys: noConditionKeys,
}

const factsWithContext: ReadonlyMap<string, ConditionKeyValue> = new Map<string, ConditionKeyValue>([
  ['kms:encryptioncontext:tenant', 'blue'],
  ['kms:encryptioncontextkeys', ['tenant']],
])

const requestWithContext: AccessRequest = {
  ...request,
  conditionKeys: { find: (name) => factsWithContext.get(name) },
}

const delegation = {
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
}

const permission = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt'], Resource: key }

/** What the AWS console writes for a new key, with the use of the key bound to an encryption context. */
const consolePolicy = [
  delegation,
  {
    Sid: 'Allow access for Key Administrators',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:role/admin` },
    Action: ['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*'],
    Resource: '*',
  },
  {
    Sid: 'Allow use of the key',
    Effect: 'Allow',
    Principal: { AWS: user.arn },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
    Resource: '*',
    Condition: {
      StringEquals: { 'kms:EncryptionContext:tenant': 'blue' },
      'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['tenant', 'purpose'] },
    },
  },
  {
    Sid: 'Allow attachment of persistent resources',
    Effect: 'Allow',
    Principal: { AWS: user.arn },
    Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
    Resource: '*',
    Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  },
]

function compiled(kind: PolicyKind, ...statements: object[]): CompiledPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compilePolicy(parsed.policy)
}

function authority(
  keyPolicy: CompiledPolicy,
  identityPolicies: readonly CompiledPolicy[],
  grants: readonly Grant[] = [],
): Authority {
  return {
    resourceAccount: account,
    keyPolicy,
    identityPolicies: identityPolicies.map((form) => ({ name: 'use', form })),
    grants,
    crossAccount: true,
  }
}

/** The roles that the long key policy names, one in each statement but the last, which delegates. */
export const rolesOfLongPolicy = Array.from(
  { length: 49 },
  (_, index) => `arn:aws:iam::${account}:role/app-${index}`,
)

/** Statements that are about this action, so that no index by action spares them. */
const longPolicy = rolesOfLongPolicy.map((role) => ({
  Effect: 'Allow',
  Principal: { AWS: role },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  Resource: '*',
}))

/** A grant on the key to one of a thousand users, of whom the caller is the last. */
const thousandGrants = Array.from(
  { length: 1000 },
  (_, index): Grant => ({
    grantId: `grant-${index}`,
    granteePrincipal: index === 999 ? user.arn : `arn:aws:iam::${account}:user/grantee-${index}`,
    issuingAccount: account,
    operations: ['Decrypt', 'Encrypt', 'GenerateDataKey'],
  }),
)

/** The decisions that the service makes most, ready to be timed. */
export function decisionCases(): DecisionCase[] {
  const identity = [compiled('identity-policy', permission)]
  const delegating = compiled('key-policy', delegation)
  const conditioned = compiled('key-policy', delegation, {
    Effect: 'Deny',
    Principal: '*',
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { StringNotEqualsIfExists: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
  })
  const defaults = authority(delegating, identity)
  const long = authority(compiled('key-policy', ...longPolicy, delegation), identity)
  const console = authority(compiled('key-policy', ...consolePolicy), identity)
  // The server finds the caller's grants by an index in its store, so it hands over these and no others.
  const found = authority(delegating, [], thousandGrants.slice(-1))
  const all = authority(delegating, [], thousandGrants)
  const stranger = { ...request, principal: { ...user, account: strangerAccount } }
  return [
    decisionCase('default key policy and one identity policy', 'Allow', defaults),
    decisionCase('key policy of 50 statements', 'Allow', long),
    decisionCase('a deny with a condition', 'ExplicitDeny', authority(conditioned, identity)),
    decisionCase('a stranger refused', 'ImplicitDeny', defaults, stranger),
    decisionCase('console key policy on encryption context', 'Allow', console, requestWithContext),
    decisionCase("one grant of 1,000, given only the caller's", 'Allow', found),
    decisionCase('one grant of 1,000, given all of them', 'Allow', all),
  ]
}

function decisionCase(name: string, wanted: Decision, from: Authority, asked = request): DecisionCase {
  return { name, wanted, decide: () => authorize(from, asked).decision }
}
