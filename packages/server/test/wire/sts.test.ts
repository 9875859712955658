import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, answerOf, refused, rootArn, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

test('the root user is told that it is the account', async () => {
  expect(await answerOf(house.root.sts.getCallerIdentity({}))).toEqual({
    Account: account,
    Arn: rootArn,
    UserId: account,
  })
})

test('a user is told its ARN and unique id, and needs no permission for that', async () => {
  const alice = await house.user('alice')
  expect(await answerOf(alice.sts.getCallerIdentity({}))).toEqual({
    Account: account,
    Arn: `arn:aws:iam::${account}:user/alice`,
    UserId: alice.userId,
  })
})

test('an explicit deny does not keep anybody from asking who they are', async () => {
  const bob = await house.user('bob')
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' }
  await house.root.iam.putUserPolicy({
    UserName: 'bob',
    PolicyName: 'nothing',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
  })
  expect((await bob.sts.getCallerIdentity({})).Arn).toBe(bob.arn)
})

test('whoever signs with an access key that is gone is nobody', async () => {
  const carol = await house.user('carol')
  const { accessKeyId: AccessKeyId } = carol.credentials
  await house.root.iam.deleteAccessKey({ UserName: 'carol', AccessKeyId })
  await refused(
    carol.sts.getCallerIdentity({}),
    'InvalidClientTokenId',
    'The security token included in the request is invalid.',
  )
})

test('an operation of STS that is not served is refused by name', async () => {
  await refused(
    house.root.sts.getDelegatedAccessToken({ TradeInToken: 'token' }),
    'UnsupportedOperation',
    'GetDelegatedAccessToken is not supported.',
  )
})
