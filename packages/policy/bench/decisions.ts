import {
  type AccessRequest,
  type Authority,
  authorize,
  type CompiledPolicy,
  compilePolicy,
  noConditionKeys,
  type PolicyKind,
  type Principal,
  parsePolicy,
} from '@claviger/policy'

/** One thing to be timed: run it often, divide. */
export interface DecisionCase {
  readonly name: string
  run(): void
}

const account = '111122223333'
const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const user: Principal = {
  kind: 'user',
  arn: `arn:aws:iam::${account}:user/alice`,
  account,
  uniqueId: 'AIDAEXAMPLE',
  name: 'alice',
}

const request: AccessRequest = {
  principal: user,
  action: 'kms:Decrypt',
  resource: key,
  conditionKeys: noConditionKeys,
}

const delegation = {
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
}

const permission = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt'], Resource: key }

function compiled(kind: PolicyKind, ...statements: object[]): CompiledPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compilePolicy(parsed.policy)
}

function authority(keyPolicy: CompiledPolicy, identityPolicy: CompiledPolicy): Authority {
  return {
    resourceAccount: account,
    keyPolicy,
    identityPolicies: [{ name: 'use', form: identityPolicy }],
    grants: [],
    crossAccount: true,
  }
}

/** Statements that are about this action, so that no index by action spares them. */
function manyStatements(count: number): object[] {
  return Array.from({ length: count - 1 }, (_, index) => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:role/app-${index}` },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
  }))
}

/** The decisions that the service makes most, ready to be timed. */
export function decisionsPerSecond(): DecisionCase[] {
  const identity = compiled('identity-policy', permission)
  const defaults = authority(compiled('key-policy', delegation), identity)
  const long = authority(compiled('key-policy', ...manyStatements(50), delegation), identity)
  const conditioned = compiled('key-policy', delegation, {
    Effect: 'Deny',
    Principal: '*',
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { StringNotEqualsIfExists: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
  })
  const guarded = authority(conditioned, identity)
  const stranger = { ...request, principal: { ...user, account: '444455556666' } }
  return [
    { name: 'default key policy and one identity policy', run: () => void authorize(defaults, request) },
    { name: 'key policy of 50 statements', run: () => void authorize(long, request) },
    { name: 'a deny with a condition', run: () => void authorize(guarded, request) },
    { name: 'a stranger refused', run: () => void authorize(defaults, stranger) },
  ]
}
