import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { type Issuer, newAuthority, startIssuer } from '../issuer.ts'
import { account, answerOf, refused, type Serving, serve } from '../serving.ts'
import { holderOf, newRole, trusting } from '../sessions.ts'
import { send } from './exchange.ts'

let house: Serving
let issuer: Issuer
let provider: string
let role: string
const authority = newAuthority()
const action = 'sts:AssumeRoleWithWebIdentity'

beforeAll(async () => {
  house = await serve()
  issuer = await startIssuer(authority)
  const { OpenIDConnectProviderArn } = await house.root.iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: ['client'],
    ThumbprintList: [issuer.thumbprint],
  })
  provider = String(OpenIDConnectProviderArn)
  const condition = {
    StringEquals: { [`${issuer.place}:aud`]: 'client' },
    StringLike: { [`${issuer.place}:sub`]: 'repo:example/*' },
  }
  role = await newRole(
    house.root,
    'Job',
    trusting({ Federated: provider }, condition, action),
    'kms:ListKeys',
  )
})
afterAll(async () => {
  await house.close()
  await issuer.close()
})

/** Nobody: a client without credentials of any use. */
const nobody = () => house.person('nobody', { accessKeyId: 'none', secretAccessKey: 'none' })

function assume(claims: Readonly<Record<string, unknown>> = {}, asked: object = {}) {
  const WebIdentityToken = issuer.token(claims, house.clock.now())
  const wanted = { RoleArn: role, RoleSessionName: 'job', WebIdentityToken, ...asked }
  return nobody().sts.assumeRoleWithWebIdentity(wanted)
}

describe('with a token of a provider that the account believes', () => {
  test('a role is assumed without any credentials', async () => {
    const answer = await assume()
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'repo:example/app',
      Audience: 'client',
      Provider: issuer.url,
      AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/Job/job` },
    })
    const job = holderOf(house, answer)
    await job.kms.listKeys({})
    await refused(job.kms.listAliases({}), 'AccessDeniedException')
  })

  test('its session knows where it comes from, and so do records', async () => {
    const conditions = {
      StringEquals: { 'aws:FederatedProvider': provider, [`${issuer.place}:sub`]: 'repo:example/app' },
    }
    const statement = { Effect: 'Allow', Action: 'kms:ListAliases', Resource: '*', Condition: conditions }
    await house.root.iam.putRolePolicy({
      RoleName: 'Job',
      PolicyName: 'from-there',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    })
    await holderOf(house, await assume()).kms.listAliases({})
    await house.root.iam.deleteRolePolicy({ RoleName: 'Job', PolicyName: 'from-there' })
    const records = await recordsIn(house.dataDir)
    const of = (name: string) => records.findLast(({ eventName }) => eventName === name)
    expect(of('AssumeRoleWithWebIdentity')).toMatchObject({
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${provider}:client:repo:example/app`,
        userName: 'repo:example/app',
        identityProvider: provider,
      },
      recipientAccountId: account,
      responseElements: { subjectFromWebIdentityToken: 'repo:example/app' },
    })
    expect(of('ListAliases')?.userIdentity).toMatchObject({
      type: 'AssumedRole',
      sessionContext: { webIdFederationData: { federatedProvider: provider } },
    })
    expect(JSON.stringify(records)).not.toContain('eyJ')
  })

  test('the provider’s keys are fetched once', async () => {
    await assume()
    const before = issuer.asked.length
    await assume()
    expect(issuer.asked.length).toBe(before)
  })

  test('session tags and a source identity come out of the token', async () => {
    const condition = { StringEquals: { 'aws:RequestTag/team': 'blue', 'sts:SourceIdentity': 'alice' } }
    const actions = [action, 'sts:TagSession', 'sts:SetSourceIdentity']
    const tagged = await newRole(house.root, 'Tagged', trusting({ Federated: provider }, condition, actions))
    const answer = await assume(
      {
        'https://aws.amazon.com/tags': { principal_tags: { team: ['blue'] }, transitive_tag_keys: ['team'] },
        'https://aws.amazon.com/source_identity': 'alice',
      },
      { RoleArn: tagged },
    )
    expect(answer.SourceIdentity).toBe('alice')
    await refused(assume({}, { RoleArn: tagged }), 'AccessDenied')
  })

  test('what the trust policy does not allow is refused, and so is a role that is not there', async () => {
    const asked = [assume({ sub: 'repo:other/app' }), assume({}, { RoleArn: `${role}-not` })]
    for (const call of asked) {
      await refused(call, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
    }
    const byAccount = await newRole(house.root, 'ByAccount', trusting({ AWS: account }, undefined, action))
    await refused(assume({}, { RoleArn: byAccount }), 'AccessDenied')
    const byAnybody = await newRole(house.root, 'ByAnybody', trusting({ AWS: '*' }, undefined, action))
    await refused(assume({}, { RoleArn: byAnybody }), 'AccessDenied')
  })
})

describe('a token is refused', () => {
  test('that is for somebody else', async () => {
    await refused(assume({ aud: 'another' }), 'InvalidIdentityTokenException', 'Incorrect token audience')
    await refused(assume({ aud: ['client', 'another'] }), 'InvalidIdentityTokenException')
    await refused(assume({ azp: 'another' }), 'InvalidIdentityTokenException')
  })

  test('that is expired', async () => {
    const exp = Math.floor(house.clock.now() / 1000) - 60
    await refused(
      assume({ exp }),
      'ExpiredTokenException',
      `Token expired: current date/time ${exp + 60} must be before the expiration date/time ${exp}`,
    )
  })

  test('that is not yet good, has no subject, or no end', async () => {
    const soon = Math.floor(house.clock.now() / 1000) + 600
    for (const claims of [{ nbf: soon }, { sub: undefined }, { exp: undefined }]) {
      await refused(assume(claims), 'InvalidIdentityTokenException')
    }
  })

  test('that was changed, is not signed, or is no token', async () => {
    const token = issuer.token({}, house.clock.now())
    const [header = '', payload = '', signature = ''] = token.split('.')
    const other = Buffer.from(payload, 'base64url').toString().replace('repo:example/app', 'repo:example/own')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    const tries = [
      `${header}.${Buffer.from(other).toString('base64url')}.${signature}`,
      `${unsigned}.${payload}.`,
      'not-a-token',
    ]
    for (const WebIdentityToken of tries) {
      await refused(assume({}, { WebIdentityToken }), 'InvalidIdentityTokenException')
    }
  })

  test('of a provider that the account does not believe', async () => {
    await refused(
      assume({ iss: 'https://elsewhere.example.com' }),
      'InvalidIdentityTokenException',
      'No OpenIDConnect provider found in your account for https://elsewhere.example.com',
    )
  })

  test('of a provider that is gone from the account', async () => {
    const { iam } = house.root
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: provider })
    await refused(assume(), 'InvalidIdentityTokenException', /^No OpenIDConnect provider found/)
    const again = { Url: issuer.url, ClientIDList: ['client'], ThumbprintList: [issuer.thumbprint] }
    await iam.createOpenIDConnectProvider(again)
    await assume()
  })
})

test('a provider is believed by a certificate that it truly has, and not by one that it shows', async () => {
  const impostor = await startIssuer(authority, { impostor: true })
  const { iam } = house.root
  try {
    const Url = impostor.url
    const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
      Url,
      ClientIDList: ['client'],
      ThumbprintList: [impostor.thumbprint],
    })
    const WebIdentityToken = impostor.token({}, house.clock.now())
    await refused(assume({}, { WebIdentityToken }), 'IDPCommunicationErrorException')
    expect(impostor.asked).toEqual([])
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
  } finally {
    await impostor.close()
  }
})

test('a provider with another thumbprint is not believed', async () => {
  await house.root.iam.updateOpenIDConnectProviderThumbprint({
    OpenIDConnectProviderArn: provider,
    ThumbprintList: ['0'.repeat(40)],
  })
  await refused(assume(), 'IDPCommunicationErrorException')
  await house.root.iam.updateOpenIDConnectProviderThumbprint({
    OpenIDConnectProviderArn: provider,
    ThumbprintList: [issuer.thumbprint],
  })
  await assume()
})

test('nothing else is done for who signs nothing', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const bodies = [
    'Action=AssumeRole&Version=2011-06-15&RoleArn=AssumeRoleWithWebIdentity',
    'Action=GetCallerIdentity&Version=2011-06-15&X=AssumeRoleWithWebIdentity',
    'Action=ListUsers&Version=2010-05-08',
  ]
  for (const body of bodies) {
    const headers = Object.entries({ ...form, host: new URL(house.url).host }).flat()
    const answer = await send(house, {
      method: 'POST',
      path: '/',
      query: '',
      headers,
      body: Buffer.from(body),
    })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('<Code>MissingAuthenticationToken</Code>')
  }
})

describe('a provider in IAM', () => {
  const arnOf = (place: string) => `arn:aws:iam::${account}:oidc-provider/${place}`

  test('is made, shown, listed, changed and deleted', async () => {
    const { iam } = house.root
    const ThumbprintList = ['A'.repeat(40)]
    const made = { Url: 'https://idp.example.com/tenant', ClientIDList: ['one'], ThumbprintList }
    const { OpenIDConnectProviderArn: arn } = await iam.createOpenIDConnectProvider(made)
    expect(arn).toBe(arnOf('idp.example.com/tenant'))
    await refused(
      iam.createOpenIDConnectProvider(made),
      'EntityAlreadyExistsException',
      'Provider with url https://idp.example.com/tenant already exists.',
    )
    const named = { OpenIDConnectProviderArn: String(arn) }
    await iam.addClientIDToOpenIDConnectProvider({ ...named, ClientID: 'two' })
    await iam.removeClientIDFromOpenIDConnectProvider({ ...named, ClientID: 'one' })
    expect(await answerOf(iam.getOpenIDConnectProvider(named))).toEqual({
      Url: 'idp.example.com/tenant',
      ClientIDList: ['two'],
      ThumbprintList: ['a'.repeat(40)],
      CreateDate: new Date(house.clock.now()),
    })
    expect((await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList).toContainEqual({ Arn: arn })
    await iam.deleteOpenIDConnectProvider(named)
    await refused(
      iam.getOpenIDConnectProvider(named),
      'NoSuchEntityException',
      `OpenIDConnect Provider not found for arn ${arn}`,
    )
  })

  test.each([
    'http://idp.example.com',
    'https://idp.example.com?a=b',
    'https://a:b@idp.example.com',
    'idp',
  ])('is not made of %s', async (Url) => {
    await refused(house.root.iam.createOpenIDConnectProvider({ Url }), 'ValidationError')
  })
})
