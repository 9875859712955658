import {
  type AccessRequest,
  type Authorization,
  decisionSentence,
  definition,
  denialSentence,
  evaluate,
  type Layer,
  noConditionKeys,
  parsePolicy,
} from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { findCaller, key } from './decisions/callers.ts'

const request: AccessRequest = {
  principal: findCaller('session'),
  action: 'kms:Decrypt',
  resource: key,
  conditionKeys: noConditionKeys,
}

const policy = (() => {
  const text = `{"Version": "2012-10-17", "Statement": [
    {"Sid": "No", "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:username": "\${aws:PrincipalTag/name}"}}}]}`
  const parsed = parsePolicy(text, 'identity-policy')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
})()

const [statement] = policy.statements
const arn = 'arn:aws:iam::111122223333:policy/guard'

function silent(layer: Layer): Authorization {
  return { decision: 'ImplicitDeny', layer, because: [] }
}

function denied(layer: Layer): Authorization {
  if (statement === undefined) throw new Error('the policy has a statement')
  const named = { name: 'guard', arn, form: definition(policy) }
  return { decision: 'ExplicitDeny', layer, because: [{ layer, policy: named, statement }] }
}

const user = 'User: arn:aws:sts::111122223333:assumed-role/App/s1 is not authorized to perform: kms:Decrypt'
const hidden =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access'

describe("AWS's sentence for a denial", () => {
  test.each<[string, Authorization, Parameters<typeof denialSentence>[2], string]>([
    [
      'identity',
      silent('identity-policy'),
      'own-account',
      `on resource: ${key} because no identity-based policy allows the kms:Decrypt action`,
    ],
    [
      'key policy',
      silent('key-policy'),
      'own-account',
      `on resource: ${key} because no resource-based policy allows the kms:Decrypt action`,
    ],
    [
      'boundary',
      silent('permissions-boundary'),
      'own-account',
      `on resource: ${key} because no permissions boundary allows the kms:Decrypt action`,
    ],
    [
      'session',
      silent('session-policy'),
      'own-account',
      `on resource: ${key} because no session policy allows the kms:Decrypt action`,
    ],
    [
      'SCP',
      silent('service-control-policy'),
      'own-account',
      `on resource: ${key} because no service control policy allows the kms:Decrypt action`,
    ],
    [
      'endpoint',
      silent('endpoint-policy'),
      'own-account',
      `on resource: ${key} because no VPC endpoint policy allows the kms:Decrypt action`,
    ],
    [
      'trust',
      silent('trust-policy'),
      'own-account',
      `on resource: ${key} because no role trust policy allows the kms:Decrypt action`,
    ],
    [
      'a managed policy denies',
      denied('identity-policy'),
      'own-account',
      `on resource: ${key} with an explicit deny in an identity-based policy: ${arn}`,
    ],
    [
      'an SCP denies',
      denied('service-control-policy'),
      'foreign-key',
      `on this resource with an explicit deny in a service control policy: ${arn}`,
    ],
    [
      'a foreign RCP denies, unnamed',
      denied('resource-control-policy'),
      'foreign-key',
      'on this resource with an explicit deny in a resource control policy',
    ],
    ['a foreign key policy', silent('key-policy'), 'foreign-key', `on this resource ${hidden}`],
    ['a foreign key policy denies', denied('key-policy'), 'foreign-key', `on this resource ${hidden}`],
    ['not across accounts', silent('cross-account'), 'foreign-key', `on this resource ${hidden}`],
    [
      'own side of a foreign key',
      silent('identity-policy'),
      'foreign-key',
      'on this resource because no identity-based policy allows the kms:Decrypt action',
    ],
    [
      'a foreign ciphertext',
      silent('key-policy'),
      'foreign-ciphertext',
      `on the resource associated with this ciphertext ${hidden}`,
    ],
    [
      'own side of a ciphertext',
      silent('identity-policy'),
      'foreign-ciphertext',
      'on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action',
    ],
    [
      'no resource',
      silent('identity-policy'),
      'no-resource',
      'because no identity-based policy allows the kms:Decrypt action',
    ],
  ])('%s', (_, authorization, view, sentence) => {
    expect(denialSentence(authorization, request, view)).toBe(`${user} ${sentence}`)
  })

  test('names a service by its name', () => {
    const service = { ...request, principal: findCaller('s3') }
    expect(denialSentence(silent('key-policy'), service, 'own-account')).toMatch(
      /^User: s3\.amazonaws\.com is not/,
    )
  })
})

test('our own sentence says who decided', () => {
  expect(decisionSentence(silent('key-policy'))).toBe('denied: no key policy allows it')
  expect(decisionSentence(silent('cross-account'))).toBe(
    'denied: this operation cannot be used across accounts',
  )
  expect(decisionSentence(denied('identity-policy'))).toBe(
    'denied: statement "No" of identity policy `guard` denies it',
  )
  const grant = { grantId: 'g1', issuingAccount: '111122223333', operations: ['Decrypt'] }
  expect(decisionSentence({ decision: 'Allow', layer: 'grant', because: [], grant })).toBe(
    'allowed: grant g1 allows it',
  )
})

test('a trace holds what was wanted and what was there', () => {
  expect(evaluate(policy, request).statements).toMatchObject([
    {
      applies: true,
      elements: [
        {
          element: 'Action',
          wanted: ['kms:Decrypt'],
          actual: 'kms:Decrypt',
          matches: true,
          covering: ['kms:Decrypt'],
        },
        { element: 'Resource', wanted: ['*'], actual: key, matches: true },
        {
          element: 'Condition',
          operator: 'StringNotEquals',
          key: 'aws:username',
          actual: undefined,
          matches: true,
          reason: 'negated and key missing',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
          unresolved: ['${aws:PrincipalTag/name}'],
        },
      ],
    },
  ])
})
