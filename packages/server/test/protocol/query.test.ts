import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/protocol/errors.ts'
import { parseForm } from '../../src/protocol/form.ts'
import { type IamOperations, iam } from '../../src/protocol/models/iam.ts'
import { sts } from '../../src/protocol/models/sts.ts'
import { findAction, queryError, queryReader, queryWriter } from '../../src/protocol/query-xml.ts'
import { refusalOf } from './refused.ts'

const read = <Name extends keyof IamOperations>(name: Name, form: string) =>
  queryReader(iam, name)(parseForm(form))
const refused = (name: keyof IamOperations, form: string) => refusalOf(() => read(name, form))

describe('the action', () => {
  test('is found by name and version', () => {
    expect(findAction(iam, parseForm('Action=CreateUser&Version=2010-05-08'))).toBe('CreateUser')
    expect(findAction(sts, parseForm('Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Date=x'))).toBe(
      'GetCallerIdentity',
    )
    expect(findAction(iam, parseForm('Action=CreateUser', 'Version=2010-05-08'))).toBe('CreateUser')
  })

  test('is refused when it is missing, unknown or of another version', () => {
    expect(refusalOf(() => findAction(iam, parseForm('')))).toMatch(/^MissingActionException: /)
    expect(refusalOf(() => findAction(iam, parseForm('Action=Fly&Version=2010-05-08')))).toBe(
      'InvalidActionException: Could not find operation Fly for version 2010-05-08',
    )
    expect(refusalOf(() => findAction(iam, parseForm('Action=constructor&Version=2010-05-08')))).toContain(
      'constructor',
    )
    expect(refusalOf(() => findAction(iam, parseForm('Action=CreateUser&Version=1')))).toContain(
      'for version 1',
    )
    expect(refusalOf(() => findAction(iam, parseForm('Action=CreateUser')))).toContain('NO_VERSION_SPECIFIED')
  })
})

describe('parameters', () => {
  test('are read into lists and structures by their numbers', () => {
    const form =
      'UserName=a%2Bb&Tags.member.10.Key=z&Tags.member.10.Value=&Tags.member.2.Key=k&Tags.member.2.Value=v+w'
    expect(read('CreateUser', form)).toEqual({
      UserName: 'a+b',
      Tags: [
        { Key: 'k', Value: 'v w' },
        { Key: 'z', Value: '' },
      ],
    })
  })

  test('are numbers, truths and dates where the model says so', () => {
    expect(read('ListUsers', 'MaxItems=10')).toEqual({ MaxItems: 10 })
    expect(
      read('CreatePolicyVersion', 'PolicyArn=arn:aws:iam::aws:policy/x&PolicyDocument=p&SetAsDefault=TRUE')
        .SetAsDefault,
    ).toBe(true)
    expect(refused('ListUsers', 'MaxItems=ten')).toMatch(/^SerializationException: /)
    expect(refused('ListUsers', 'MaxItems=')).toMatch(/^SerializationException: /)
  })

  test('cannot reach anything that every object has', () => {
    expect(read('ListUsers', '__proto__.x=1&constructor.prototype.y=2&toString=3')).toEqual({})
    expect(({} as { x?: unknown; y?: unknown }).x).toBeUndefined()
  })

  test('may be as deep and as many as they like', () => {
    expect(read('ListUsers', `${'a.'.repeat(100_000)}b=1`)).toEqual({})
    expect(read('CreateUser', `UserName=u&Tags.member.x.Key=a&Tags.member.-1.Key=a`).Tags).toEqual([])
  })
})

describe('constraints', () => {
  test('are worded as IAM words them', () => {
    expect(refused('CreateUser', '')).toBe(
      "ValidationException: 1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null",
    )
    expect(refused('CreateUser', `UserName=${'u'.repeat(65)}`)).toBe(
      "ValidationException: 1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    )
    expect(refused('CreateUser', 'UserName=a%20b')).toBe(
      'ValidationException: The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    )
    expect(refused('UpdateAccessKey', 'AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Lost')).toBe(
      "ValidationException: 1 validation error detected: Value 'Lost' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive, Expired]",
    )
    expect(refused('CreateUser', 'UserName=u&Tags.member.1.Key=&Tags.member.1.Value=v')).toContain(
      "'tags.1.member.key'",
    )
  })

  test('are worded as every service words them by STS', () => {
    const form = parseForm('RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=a%20b')
    expect(refusalOf(() => queryReader(sts, 'AssumeRole')(form))).toBe(
      "ValidationException: 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    )
  })
})

describe('an answer', () => {
  test('is the result and the request id, in the namespace of the service', () => {
    const write = queryWriter(iam, 'CreateUser')
    const User = {
      Path: '/',
      UserName: 'a<&>"\'b',
      UserId: 'AIDA',
      Arn: 'arn:aws:iam::111122223333:user/a',
      CreateDate: new Date(Date.UTC(2026, 10, 23, 12, 0, 0, 123)),
      Tags: [
        { Key: 'k', Value: 'v\0\r' },
        { Key: 'l', Value: '' },
      ],
    }
    expect(write({ User }, 'id-1')).toBe(
      '<CreateUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateUserResult><User><Path>/</Path>' +
        '<UserName>a&lt;&amp;&gt;&quot;&apos;b</UserName><UserId>AIDA</UserId><Arn>arn:aws:iam::111122223333:user/a</Arn>' +
        '<CreateDate>2026-11-23T12:00:00Z</CreateDate><Tags><member><Key>k</Key><Value>v\uFFFD&#13;</Value></member>' +
        '<member><Key>l</Key><Value></Value></member></Tags></User></CreateUserResult>' +
        '<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></CreateUserResponse>\n',
    )
  })

  test('has no result where the operation has none', () => {
    expect(queryWriter(iam, 'DeleteUser')({}, 'id')).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DeleteUserResponse>\n',
    )
  })
})

describe('an error', () => {
  test('is a type, a code and a message', () => {
    expect(
      queryError(iam, new Refusal('NoSuchEntityException', 'The user with name <a> cannot be found.'), 'id'),
    ).toEqual({
      status: 404,
      contentType: 'text/xml',
      body: '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name &lt;a&gt; cannot be found.</Message></Error><RequestId>id</RequestId></ErrorResponse>\n',
    })
  })

  test('is told in the namespace of STS by STS', () => {
    const { status, body } = queryError(sts, new Refusal('UnrecognizedClientException'), 'id')
    expect(status).toBe(403)
    expect(body).toContain('xmlns="https://sts.amazonaws.com/doc/2011-06-15/"')
    expect(body).toContain(
      '<Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.<',
    )
  })

  test('of ours tells nothing of its inside', () => {
    const { status, body } = queryError(iam, new Error('hunter2'), 'id')
    expect(status).toBe(500)
    expect(body).toContain('<Type>Receiver</Type><Code>ServiceFailure</Code>')
    expect(body).not.toContain('hunter2')
  })
})
