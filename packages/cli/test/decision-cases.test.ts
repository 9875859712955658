import { describe, expect, test } from 'vitest'
import { decide, errorAnswer } from '../src/policy-cases/answer.ts'
import { readCase, readCaseText } from '../src/policy-cases/read-case.ts'
import { UnusableCase } from '../src/policy-cases/read-value.ts'

const key = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const alice = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', account: '111122223333' }
const bob = {
  type: 'FederatedUser',
  arn: 'arn:aws:sts::111122223333:federated-user/bob',
  issuerArn: alice.arn,
  account: '111122223333',
}

/** A policy of one statement. */
function policy(statement: object) {
  return {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*', ...statement },
  }
}

const forAccount = policy({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })
const forAlice = (more: object = {}) => policy({ Principal: { AWS: alice.arn }, ...more })
const when = (operator: string, name: string, value: unknown) =>
  forAlice({ Condition: { [operator]: { [name]: value } } })

/** The answer to a case: alice decrypts with a key whose policy names her, and what is different. */
function answerTo(different: object | string): unknown {
  const usual = { id: 'x', principal: alice, action: 'kms:Decrypt', resource: key, keyPolicy: forAlice() }
  const text = typeof different === 'string' ? different : JSON.stringify({ ...usual, ...different })
  try {
    return decide(readCase(readCaseText(text))).answer
  } catch (error) {
    if (!(error instanceof UnusableCase)) throw error
    return errorAnswer(error)
  }
}

const allowed = { decision: 'ALLOW' }
const deniedBy = (policyType: string, kind = 'implicit') => ({ decision: 'DENY', kind, policyType })
const unusable = (message: string) => ({ decision: 'ERROR', message })

describe('conditions see what caller, resource and request imply', () => {
  const decrypt: [name: string, value: string][] = [
    ['aws:PrincipalArn', alice.arn],
    ['aws:username', 'alice'],
    ['aws:PrincipalType', 'User'],
    ['aws:ResourceAccount', '111122223333'],
    ['aws:RequestedRegion', 'us-east-1'],
    ['kms:CallerAccount', '111122223333'],
    ['kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'],
    ['kms:EncryptionContext:TENANT', 'blue'],
    ['kms:RequestAlias', 'alias/app'],
  ]
  test.each(decrypt)('%s is %s', (name, value) => {
    const request = { KeyId: 'arn:aws:kms:us-east-1:111122223333:alias/app' }
    const given = { request, encryptionContext: { tenant: 'blue' } }
    expect(answerTo({ ...given, keyPolicy: when('StringEquals', name, value) })).toEqual(allowed)
    expect(answerTo({ ...given, keyPolicy: when('StringEquals', name, 'other') })).toEqual(
      deniedBy('resource'),
    )
  })

  test.each([
    ['kms:EncryptionContext:tenant', 'kms:DescribeKey'],
    ['kms:RequestAlias', 'kms:ScheduleKeyDeletion'],
    ['kms:ViaService', 'kms:Decrypt'],
    ['aws:SecureTransport', 'kms:Decrypt'],
    ['kms:BypassPolicyLockoutSafetyCheck', 'kms:PutKeyPolicy'],
  ])('%s is absent from %s', (name, action) => {
    const given = { action, encryptionContext: { tenant: 'blue' }, request: { KeyId: 'alias/app' } }
    expect(answerTo({ ...given, keyPolicy: when('Null', name, 'true') })).toEqual(allowed)
  })

  test.each([
    ['kms:GrantOperations', 'ForAllValues:StringEquals', ['Encrypt', 'Decrypt']],
    ['kms:GrantConstraintType', 'StringEquals', 'EncryptionContextSubset'],
    ['kms:EncryptionContext:tenant', 'StringEquals', 'blue'],
    ['kms:GranteePrincipal', 'StringEquals', 'arn:aws:iam::111122223333:role/app'],
    ['kms:GrantIsForAWSResource', 'Bool', 'false'],
  ])('of a new grant, %s', (name, operator, value) => {
    const request = {
      GranteePrincipal: 'arn:aws:iam::111122223333:role/app',
      Operations: ['Encrypt'],
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
    }
    const keyPolicy = when(operator, name, value)
    expect(answerTo({ action: 'kms:CreateGrant', request, keyPolicy })).toEqual(allowed)
  })

  test('what the case says itself wins, and a complete context is all there is', () => {
    const keyPolicy = when('StringEquals', 'aws:PrincipalArn', 'arn:of:somebody')
    expect(answerTo({ keyPolicy, context: { 'AWS:principalarn': 'arn:of:somebody' } })).toEqual(allowed)
    const silent = when('Null', 'aws:PrincipalArn', 'true')
    expect(answerTo({ keyPolicy: silent })).toEqual(deniedBy('resource'))
    expect(answerTo({ keyPolicy: silent, contextComplete: true })).toEqual(allowed)
  })
})

describe('what else a case can say', () => {
  test('CreateKey with tags needs both permissions', () => {
    const asked = {
      action: 'kms:CreateKey',
      keyPolicy: null,
      resource: 'arn:aws:kms:us-east-1:111122223333:*',
    }
    const identity = [policy({ Action: 'kms:CreateKey' })]
    expect(answerTo({ ...asked, identity })).toEqual(allowed)
    expect(answerTo({ ...asked, identity, request: { Tags: [] } })).toEqual(allowed)
    const request = { Tags: [{ TagKey: 'a', TagValue: 'b' }] }
    expect(answerTo({ ...asked, identity, request })).toEqual(deniedBy('identity'))
    expect(answerTo({ ...asked, identity: [policy({})], request })).toEqual(allowed)
  })

  test('a new key policy must leave its author able to change it, unless the check is bypassed', () => {
    const asked = { action: 'kms:PutKeyPolicy', newKeyPolicy: forAccount }
    const lockout = {
      decision: 'ERROR',
      error: 'MalformedPolicyDocumentException',
      message: 'The new key policy will not allow you to update the key policy in the future.',
    }
    expect(answerTo(asked)).toEqual(lockout)
    expect(answerTo({ ...asked, request: { BypassPolicyLockoutSafetyCheck: false } })).toEqual(lockout)
    expect(answerTo({ ...asked, request: { BypassPolicyLockoutSafetyCheck: true } })).toEqual(allowed)
    expect(answerTo({ ...asked, identity: [policy({})] })).toEqual(allowed)
    expect(answerTo({ ...asked, keyPolicy: forAccount })).toEqual(deniedBy('identity'))
  })

  test('a grant is retired by whom it names, by id where there are several', () => {
    const mine = { grantId: 'mine', granteePrincipal: alice.arn, operations: ['RetireGrant'] }
    const other = { grantId: 'other', granteePrincipal: bob.arn, operations: ['RetireGrant'] }
    const asked = { action: 'kms:RetireGrant', keyPolicy: forAccount, grants: [mine, other] }
    expect(answerTo({ ...asked, grants: [mine] })).toEqual(allowed)
    expect(answerTo({ ...asked, request: { GrantId: 'mine' } })).toEqual(allowed)
    expect(answerTo({ ...asked, request: { GrantId: 'other' } })).toEqual(deniedBy('identity'))
    expect(answerTo(asked)).toEqual(unusable('request.GrantId must say which of the grants is retired'))
    expect(answerTo({ ...asked, request: { GrantId: 'no' } })).toMatchObject({ decision: 'ERROR' })
  })

  test('session policies that are not there do not limit; an empty list leaves a federated user nothing', () => {
    const asked = { principal: bob, keyPolicy: forAccount, identity: [policy({})] }
    expect(answerTo(asked)).toEqual(allowed)
    expect(answerTo({ ...asked, sessionPolicies: [] })).toEqual(deniedBy('session'))
    expect(answerTo({ ...asked, principal: alice, sessionPolicies: [] })).toEqual(allowed)
  })

  test('the management account is bound neither by service control policies nor by those for its resources', () => {
    const deny = { Effect: 'Deny' }
    const asked = { callerScps: [[policy({}), policy(deny)]] }
    expect(answerTo(asked)).toEqual(deniedBy('scp', 'explicit'))
    expect(answerTo({ ...asked, callerIsManagementAccount: true })).toEqual(allowed)
    const about = {
      ownerRcps: [[policy({ Action: '*', Principal: '*' }), policy({ ...deny, Principal: '*' })]],
    }
    expect(answerTo(about)).toEqual(deniedBy('rcp', 'explicit'))
    expect(answerTo({ ...about, callerIsManagementAccount: true })).toEqual(allowed)
    expect(answerTo({ ...about, keyManager: 'AWS' })).toEqual(allowed)
  })

  test('a key policy has no say about an alias', () => {
    const resource = 'arn:aws:kms:us-east-1:111122223333:alias/app'
    expect(answerTo({ action: 'kms:CreateAlias', resource })).toEqual(deniedBy('identity'))
  })

  test('an identity policy of the older version of the language is evaluated as such', () => {
    const old = { Statement: { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' } }
    expect(answerTo({ keyPolicy: forAccount, identity: [old] })).toEqual(allowed)
  })

  test('a policy may also be written as one text', () => {
    expect(answerTo({ keyPolicy: JSON.stringify(forAlice()) })).toEqual(allowed)
  })
})

describe('a case that cannot be evaluated is answered with the reason', () => {
  test.each([
    [{ principal: undefined }, 'principal is missing'],
    [
      { principal: { type: 'Robot' } },
      'principal.type is `Robot`, which is not one of IAMUser, AssumedRole, FederatedUser, Root, AWSService',
    ],
    [
      { principal: { type: 'Root', arn: 'x' } },
      'principal.account is ``, which is not an account id of 12 digits',
    ],
    [{ action: 'Decrypt' }, 'action is `Decrypt`, not one action as kms:Decrypt'],
    [{ resource: '*' }, 'resource is `*`, which is not an ARN'],
    [{ keyPolicy: undefined }, 'keyPolicy is missing: it is null where there is no key'],
    [{ keyPolicy: {} }, 'keyPolicy cannot be read: Statement: is missing'],
    [
      { identity: [{ Version: '2012-10-17', Statement: [] }] },
      'identity[0] cannot be read: Statement: must be a statement or a list of them',
    ],
    [{ callerScps: [{}] }, 'callerScps[0] must be a list'],
    [{ grants: [{ operations: 'Decrypt' }] }, 'grants[0].operations must be a list'],
    [{ context: { a: { b: 'c' } } }, 'context.a must be a text, or a list of them'],
    [{ encryptionContext: { a: 1 } }, 'encryptionContext.a must be a text'],
    [{ keyManager: 'me' }, 'keyManager must be AWS or CUSTOMER'],
  ])('%j', (different, message) => {
    expect(answerTo(different)).toEqual(unusable(message))
  })

  test('a name given twice is one of them', () => {
    const text = `{"id":"x","keyPolicy":{"Statement":{"Effect":"Allow","Effect":"Deny"}}}`
    expect(answerTo(text)).toEqual(unusable('line 1, column 54 of the case: `Effect` is given twice'))
  })

  test('names that every object has are names like others', () => {
    const text = `{"id":"x","principal":{"type":"Root","arn":"arn:aws:iam::111122223333:root","account":"111122223333"},
      "action":"kms:Decrypt","resource":"${key}","keyPolicy":${JSON.stringify(
        policy({ Principal: '*', Condition: { StringEquals: { 'kms:EncryptionContext:__proto__': 'a' } } }),
      )},"encryptionContext":{"__proto__":"a"},"context":{"constructor":"b"}}`
    expect(answerTo(text)).toEqual(allowed)
  })
})
