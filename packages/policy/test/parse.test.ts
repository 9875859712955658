import {
  evaluate,
  malformedKeyPolicyMessage,
  noConditionKeys,
  type PolicyKind,
  parsePolicy,
  principalsIn,
  showDeletedPrincipals,
} from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCaller, key } from './decisions/callers.ts'

const user = 'arn:aws:iam::111122223333:user/alice'
const fine = { Effect: 'Allow', Principal: { AWS: user }, Action: 'kms:Decrypt', Resource: '*' }

function problemsOf(document: unknown, kind: PolicyKind = 'key-policy') {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const parsed = parsePolicy(text, kind)
  return parsed.ok ? [] : parsed.problems
}

function withStatement(change: object, kind?: PolicyKind) {
  return problemsOf({ Version: '2012-10-17', Statement: [{ ...fine, ...change }] }, kind)
}

describe('parsing a key policy', () => {
  test.each([
    ['a Sid with spaces', { Sid: 'Allow use of the key' }],
    ['no Resource', { Resource: undefined }],
    ['no Action', { Action: undefined }],
    ["another service's action", { Action: ['s3:GetObject', 'kms:Decrypt'] }],
    ['an account by its digits', { Principal: { AWS: '111122223333' } }],
    ['everyone', { Principal: '*' }],
    ['a session', { Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/App/session' } }],
    ['a federated user', { Principal: { AWS: 'arn:aws:sts::111122223333:federated-user/guest' } }],
    ['a service', { Principal: { Service: ['s3.amazonaws.com', 'backup.internal'] } }],
    ['NotPrincipal', { Principal: undefined, NotPrincipal: { AWS: user }, Effect: 'Deny' }],
    [
      'numbers and booleans in conditions',
      { Condition: { NumericEquals: { a: 1 }, Bool: { b: [true, 'false'] } } },
    ],
    [
      'a multi-valued key under ForAllValues',
      { Condition: { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': 'a' } } },
    ],
  ])('takes %s', (_, change) => {
    expect(withStatement(change)).toEqual([])
  })

  test('takes a single statement, the older version, none, and a Sid twice', () => {
    const twice = {
      Version: '2008-10-17',
      Id: 'x',
      Statement: [
        { Sid: 'a', ...fine },
        { Sid: 'a', ...fine },
      ],
    }
    expect(problemsOf({ Statement: fine })).toEqual([])
    expect(problemsOf(twice)).toEqual([])
  })

  test.each([
    ['no principal', { Principal: undefined }, 'grammar', 'Statement[0].Principal'],
    [
      'a partial wildcard',
      { Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } },
      'principal',
      'Statement[0].Principal.AWS',
    ],
    [
      'a group',
      { Principal: { AWS: [user, 'arn:aws:iam::111122223333:group/g'] } },
      'principal',
      'Statement[0].Principal.AWS[1]',
    ],
    [
      'an instance profile',
      { Principal: { AWS: 'arn:aws:iam::111122223333:instance-profile/p' } },
      'principal',
      'Statement[0].Principal.AWS',
    ],
    [
      'another identity provider',
      { Principal: { Federated: 'accounts.google.com' } },
      'principal',
      'Statement[0].Principal.Federated',
    ],
    [
      'a canonical user',
      { Principal: { CanonicalUser: '79a5' } },
      'principal',
      'Statement[0].Principal.CanonicalUser',
    ],
    ['nobody', { Principal: { AWS: [] } }, 'principal', 'Statement[0].Principal.AWS'],
    ['a bare ARN', { Principal: user }, 'principal', 'Statement[0].Principal'],
    ['an unknown element', { Actions: 'kms:*' }, 'grammar', 'Statement[0].Actions'],
    [
      'an unknown operator',
      { Condition: { StringLik: { a: 'b' } } },
      'grammar',
      'Statement[0].Condition.StringLik',
    ],
    [
      'IfExists on Null',
      { Condition: { NullIfExists: { a: 'true' } } },
      'grammar',
      'Statement[0].Condition.NullIfExists',
    ],
    [
      'an object for a value',
      { Condition: { StringEquals: { a: {} } } },
      'grammar',
      'Statement[0].Condition.StringEquals.a',
    ],
    ['Action and NotAction', { NotAction: 'kms:Sign' }, 'grammar', 'Statement[0].NotAction'],
    ['another effect', { Effect: 'Permit' }, 'grammar', 'Statement[0].Effect'],
    [
      'ForAllValues on an encryption context pair',
      { Condition: { 'ForAllValues:StringEquals': { 'KMS:encryptionContext:a': 'b' } } },
      'overly-permissive',
      'Statement[0].Condition.ForAllValues:StringEquals.KMS:encryptionContext:a',
    ],
    [
      'ForAllValues on a request tag',
      { Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:RequestTag/a': 'b' } } },
      'overly-permissive',
      'Statement[0].Condition.ForAllValues:StringLikeIfExists.aws:RequestTag/a',
    ],
  ])('refuses %s', (_, change, kind, path) => {
    expect(withStatement(change)).toMatchObject([{ kind, path }])
  })

  test('refuses a name given twice, which would hide one of the two', () => {
    const text = `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
      "Condition": {"Bool": {"aws:SecureTransport": true}}, "Condition": {}}}`
    expect(problemsOf(text)).toMatchObject([{ kind: 'syntax', line: 2, column: 61 }])
  })

  test('finds every problem in one pass, each with its place', () => {
    const text = `{
  "Version": "2013-10-17",
  "Statement": [
    { "Effect": "allow", "Principal": "*", "Action": 7, "Resource": "*" },
    { "Effect": "Allow", "Action": "kms:*", "Condition": { "StringLik": { "a": "b" } } }
  ]
}`
    expect(problemsOf(text).map(({ path, line, column }) => `${path} ${line}:${column}`)).toEqual([
      'Version 2:14',
      'Statement[0].Effect 4:17',
      'Statement[0].Action 4:54',
      'Statement[1].Principal 5:5',
      'Statement[1].Condition.StringLik 5:60',
    ])
  })

  test('words the two problems for which the words of KMS are known', () => {
    const principal = withStatement({ Principal: { AWS: 'nobody' } })
    const permissive = withStatement({
      Condition: { 'ForAllValues:StringEquals': { 'aws:RequestTag/a': 'b' } },
    })
    expect(malformedKeyPolicyMessage(principal)).toBe(
      'Policy contains a statement with one or more invalid principals.',
    )
    expect(malformedKeyPolicyMessage(permissive)).toMatch(
      /^OverlyPermissiveCondition: .*To fix, remove ForAllValues\.$/,
    )
  })

  test('what is no JSON is said to be none, and where', () => {
    const parsed = parsePolicy('{ "Version": x }', 'key-policy')
    expect(parsed.ok ? '' : malformedKeyPolicyMessage(parsed.problems)).toBe(
      'the policy is not JSON: `x` is not a value (line 1, column 14)',
    )
  })

  test('never throws, whatever the text', () => {
    const words = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"Statement"',
      '"Effect"',
      '"Allow"',
      '"Principal"',
      '"*"',
      'null',
      '1',
    ]
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.constantFrom(...words)).map((all) => all.join('')),
        ),
        (text) => {
          for (const kind of ['key-policy', 'identity-policy', 'resource-control-policy'] as const) {
            const parsed = parsePolicy(text, kind)
            if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('parsing other kinds of policies', () => {
  const attached = { ...fine, Principal: undefined }

  test.each<[string, object, PolicyKind, string[]]>([
    ['an identity policy names no principal', fine, 'identity-policy', ['not-supported']],
    ['nor does a service control policy', fine, 'service-control-policy', ['not-supported']],
    [
      'a trust policy names no resource',
      { ...fine, Action: 'sts:AssumeRole' },
      'trust-policy',
      ['not-supported'],
    ],
    [
      'and may name a provider',
      { ...attached, Resource: undefined, Principal: { Federated: 'accounts.google.com' } },
      'trust-policy',
      [],
    ],
    [
      'a resource control policy denies',
      { ...fine, Principal: '*', Effect: 'Deny' },
      'resource-control-policy',
      [],
    ],
    ['and allows only everything', { ...fine, Principal: '*' }, 'resource-control-policy', ['not-supported']],
    ['to everyone', { ...fine, Effect: 'Deny' }, 'resource-control-policy', ['not-supported']],
    [
      'by name of the service',
      { ...fine, Principal: '*', Effect: 'Deny', Action: '*' },
      'resource-control-policy',
      ['not-supported'],
    ],
  ])('%s', (_, statement, kind, kinds) => {
    expect(problemsOf({ Version: '2012-10-17', Statement: statement }, kind).map((one) => one.kind)).toEqual(
      kinds,
    )
  })
})

describe('principals and the ids they are bound to', () => {
  const text = `{
  "Statement": [ { "Effect" : "Allow",
    "Principal": { "AWS": [ "${user}", "arn:aws:iam::111122223333:role/App" ] },
    "Action": "kms:*", "Resource": "*",
    "Condition": { "StringNotEquals": { "aws:PrincipalArn": "${user}" } } } ]
}`

  function parsed(bindings: Record<string, string> = {}) {
    const result = parsePolicy(text, 'key-policy', bindings)
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    return result.policy
  }

  test('are listed with their kind and place', () => {
    const found = principalsIn(parsed())
    expect(found.map(({ kind, account }) => [kind, account])).toEqual([
      ['user', '111122223333'],
      ['role', '111122223333'],
    ])
    expect(found.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual([
      `"${user}"`,
      '"arn:aws:iam::111122223333:role/App"',
    ])
  })

  test('are shown by id once deleted, while formatting and conditions stay', () => {
    const shown = showDeletedPrincipals(text, parsed(), { [user]: 'AIDAOLDEXAMPLE' })
    expect(shown).toBe(text.replace(`[ "${user}"`, '[ "AIDAOLDEXAMPLE"'))
    expect(showDeletedPrincipals(text, parsed(), {})).toBe(text)
  })

  test('mean only the holder of the id, whatever he is called by now', () => {
    const alice = findCaller('alice')
    const request = { principal: alice, action: 'kms:Decrypt', resource: key, conditionKeys: noConditionKeys }
    const decide = (id: string) => evaluate(parsed({ [user]: id }), request).decision
    expect(decide('AIDAALICEEXAMPLE')).toBe('Allow')
    expect(decide('AIDAOLDEXAMPLE')).toBe('ImplicitDeny')
    const renamed = { ...request, principal: { ...alice, arn: 'arn:aws:iam::111122223333:user/alicia' } }
    expect(evaluate(parsed({ [user]: 'AIDAALICEEXAMPLE' }), renamed).decision).toBe('Allow')
  })
})
