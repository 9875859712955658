import type { AccessRequest, Authority, Grant, NamedPolicy, Policy, PolicyKind } from '@claviger/policy'
import { type Form, parsePolicy } from '@claviger/policy'
import fc from 'fast-check'
import { away, findCaller, home, key } from './decisions/callers.ts'

/** Policies and requests for laws: small alphabets, so that statements and requests meet often. */

const names = [
  'alice',
  'bob',
  'session',
  'path session',
  'federated',
  'root',
  'away alice',
  'away root',
  's3',
]
const actions = ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant', 'kms:ReEncryptFrom', 's3:GetObject']
const actionPatterns = ['*', 'kms:*', 'KMS:decrypt', 'kms:?ncrypt', 'kms:ReEncrypt*', 'kms:*t*', 's3:*']
const resourcePatterns = [
  '*',
  key,
  `arn:aws:kms:*:${home}:key/*`,
  'arn:aws:kms',
  'arn:aws:kms:us-east-1:*:alias/*',
  `arn:aws:kms:us-east-1:${home}:key/\${aws:username}*`,
]
const awsPrincipals = [
  '*',
  home,
  away,
  `arn:aws:iam::${home}:root`,
  `arn:aws:iam::${home}:user/alice`,
  `arn:aws:iam::${home}:role/App`,
  `arn:aws:sts::${home}:assumed-role/App/s1`,
  `arn:aws:sts::${home}:federated-user/guest`,
  `arn:aws:iam::${away}:user/alice`,
  'AIDAALICEEXAMPLE',
  'AROAAPPEXAMPLE',
]
const operators = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLikeIfExists',
  'StringEqualsIfExists',
  'StringEqualsIgnoreCase',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringLike',
  'ForAllValues:StringNotEquals',
  'ForAnyValue:StringNotLikeIfExists',
  'NumericLessThan',
  'NumericNotEquals',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddressIfExists',
  'ArnLike',
  'ArnNotEquals',
  'Null',
  'ForAllValues:Null',
]
const keyNames = ['aws:username', 'aws:SourceIp', 'kms:ViaService', 'aws:TagKeys', 'aws:PrincipalArn']
const values = [
  'alice',
  'a*',
  '*',
  '?',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  '${aws:username}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  "${aws:PrincipalTag/x, 'a'}*",
  'true',
  'false',
  '5',
  '2026',
  '192.0.2.0/24',
  'YQ==',
  `arn:aws:iam::${home}:user/*`,
]

const oneOrMore = (from: readonly string[]) =>
  fc.oneof(fc.constantFrom(...from), fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 3 }))

/** IAM refuses what is no date where one is wanted, so those operators have values of their own. */
const dates = ['2026', '2027-01-01T00:00:00Z', '1800000000']

const keysUnder = (operator: string) =>
  fc.dictionary(fc.constantFrom(...keyNames), oneOrMore(operator.startsWith('Date') ? dates : values), {
    minKeys: 1,
    maxKeys: 2,
  })

const conditions = fc
  .uniqueArray(fc.constantFrom(...operators), { minLength: 1, maxLength: 2 })
  .chain((chosen) =>
    fc.tuple(...chosen.map((operator) => fc.tuple(fc.constant(operator), keysUnder(operator)))),
  )
  .map((entries) => Object.fromEntries(entries))

const principalElement = fc.oneof(
  fc.constant('*'),
  oneOrMore(awsPrincipals).map((list) => ({ AWS: list })),
  fc.constant({ Service: 's3.amazonaws.com' }),
)

function element(name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  // One in five turns an element into its negation.
  const negated = fc.nat({ max: 4 }).map((roll) => roll === 0)
  return fc.tuple(negated, value).map(([not, written]) => ({ [not ? `Not${name}` : name]: written }))
}

export type Document = Readonly<Record<string, unknown>>

/** A statement as a document. */
export function statement(
  kind: PolicyKind,
  effects: readonly string[] = ['Allow', 'Deny'],
): fc.Arbitrary<Document> {
  const principal = kind === 'key-policy' || kind === 'endpoint-policy'
  const parts: fc.Arbitrary<object>[] = [
    fc.constantFrom(...effects).map((Effect) => ({ Effect })),
    element('Action', oneOrMore(actionPatterns)),
    element('Resource', oneOrMore(resourcePatterns)),
    fc.option(conditions, { nil: {}, freq: 2 }).map((Condition) => ({ Condition })),
    ...(principal ? [element('Principal', principalElement)] : []),
  ]
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all))
}

export function statements(kind: PolicyKind, max: number = 8): fc.Arbitrary<Document[]> {
  return fc.array(statement(kind), { minLength: 1, maxLength: max })
}

export function policyOf(kind: PolicyKind, list: readonly Document[]): Policy {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: list }), kind)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const requestValues = [
  'alice',
  'ab',
  '*',
  'true',
  '5',
  '2027',
  '192.0.2.7',
  'YQ==',
  `arn:aws:iam::${home}:user/alice`,
]

const conditionKeyValues = fc.dictionary(
  fc.constantFrom(...keyNames, 'aws:principaltag/x'),
  fc.oneof(fc.constantFrom(...requestValues), fc.array(fc.constantFrom(...requestValues), { maxLength: 3 })),
)

export const requests: fc.Arbitrary<AccessRequest> = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...actions), conditionKeyValues)
  .map(([name, action, found]) => {
    const byName = new Map(Object.entries(found).map(([key, value]) => [key.toLowerCase(), value]))
    return {
      principal: findCaller(name),
      action,
      resource: key,
      conditionKeys: { find: (lowerCaseName) => byName.get(lowerCaseName) },
    }
  })

const grantees = awsPrincipals.filter((text) => text.startsWith('arn:'))

export const grants: fc.Arbitrary<Grant> = fc
  .record({
    granteePrincipal: fc.constantFrom(...grantees),
    operations: fc.subarray(['Decrypt', 'Encrypt', 'CreateGrant', 'ReEncryptFrom'], { minLength: 1 }),
    equals: fc.option(fc.constantFrom({ a: '1' }, {}), { nil: undefined }),
  })
  .map(({ granteePrincipal, operations, equals }) => ({
    grantId: 'g',
    issuingAccount: home,
    granteePrincipal,
    operations,
    ...(equals && { constraints: { encryptionContextEquals: equals } }),
  }))

/** Everything that can have a say, as documents, so that a law can add to it or make either form of it. */
export interface Documents {
  readonly keyPolicy: readonly Document[]
  readonly identity: readonly (readonly Document[])[]
  readonly boundary: readonly Document[] | undefined
  readonly session: readonly Document[] | undefined
  readonly serviceControl: readonly (readonly Document[])[] | undefined
  readonly endpoint: readonly Document[] | undefined
  readonly grants: readonly Grant[]
}

// A frequency of 2 leaves out every second one; of 1, all of them.
const maybe = (kind: PolicyKind) => fc.option(statements(kind, 2), { nil: undefined, freq: 2 })

export const documents: fc.Arbitrary<Documents> = fc.record({
  keyPolicy: statements('key-policy'),
  identity: fc.array(statements('identity-policy', 3), { maxLength: 2 }),
  boundary: maybe('permissions-boundary'),
  session: maybe('session-policy'),
  serviceControl: fc.option(fc.array(statements('service-control-policy', 2), { maxLength: 2 }), {
    nil: undefined,
    freq: 2,
  }),
  endpoint: maybe('endpoint-policy'),
  grants: fc.array(grants, { maxLength: 2 }),
})

export function authorityOf(all: Documents, makeForm: (policy: Policy) => Form): Authority {
  const form = (kind: PolicyKind, list: readonly Document[]) => makeForm(policyOf(kind, list))
  const named = (kind: PolicyKind, list: readonly Document[]): NamedPolicy => ({
    name: kind,
    form: form(kind, list),
  })
  const { boundary, session, serviceControl, endpoint } = all
  return {
    resourceAccount: home,
    keyPolicy: form('key-policy', all.keyPolicy),
    identityPolicies: all.identity.map((list) => named('identity-policy', list)),
    grants: all.grants,
    newGrant: { operations: ['Decrypt'] },
    crossAccount: true,
    ...(boundary && { boundary: named('permissions-boundary', boundary) }),
    ...(session && { sessionPolicies: [named('session-policy', session)] }),
    ...(serviceControl && {
      serviceControlPolicies: serviceControl.map((list) => [named('service-control-policy', list)]),
    }),
    ...(endpoint && { endpointPolicy: form('endpoint-policy', endpoint) }),
  }
}
