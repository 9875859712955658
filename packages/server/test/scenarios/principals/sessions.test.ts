import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDevice } from '../../authenticator.ts'
import { type Issuer, newAuthority, startIssuer } from '../../issuer.ts'
import {
  account,
  bytes,
  keyPolicy,
  newKey,
  type Person,
  refused,
  rootArn,
  type Serving,
  serve,
  textOf,
} from '../../serving.ts'
import { allowing, assume, holderOf, newRole, trusting } from '../../sessions.ts'

/** Stories of people and programs that hold nothing but temporary credentials. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** Whoever a user is in a session of its own, with a one-time code shown or without. */
async function sessionOf(user: Person, proof: object = {}): Promise<Person> {
  const { Credentials } = await user.sts.getSessionToken(proof)
  return house.person(user.arn, {
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
}

test('A backup job may encrypt in its session, though its role may decrypt as well', async () => {
  const operator = await house.user('operator', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Backup', trusting({ AWS: rootArn }), 'kms:Encrypt', 'kms:Decrypt')
  const key = await newKey(house.root)
  const whole = await assume(house, operator, { RoleArn: role })
  const job = await assume(house, operator, { RoleArn: role, Policy: allowing('kms:Encrypt') })
  const { CiphertextBlob } = await job.kms.encrypt({ KeyId: key.id, Plaintext: bytes('ledger') })
  await refused(
    job.kms.decrypt({ CiphertextBlob }),
    'AccessDeniedException',
    /because no session policy allows the kms:Decrypt action$/,
  )
  expect(textOf((await whole.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('ledger')
})

test('A key opens only for who has shown a one-time code in the last quarter of an hour', async () => {
  const petra = await house.user('petra')
  const { serialNumber, app } = await newDevice(house.root, 'petra', house.clock.now())
  house.clock.advance(60_000)
  const condition = {
    Bool: { 'aws:MultiFactorAuthPresent': 'true' },
    NumericLessThan: { 'aws:MultiFactorAuthAge': '900' },
  }
  const careful = {
    Effect: 'Allow',
    Principal: { AWS: petra.arn },
    Action: 'kms:Encrypt',
    Condition: condition,
  }
  const key = await newKey(house.root, { Policy: keyPolicy(careful) })
  const use = (who: Person) => who.kms.encrypt({ KeyId: key.id, Plaintext: bytes('x') })
  await refused(use(petra), 'AccessDeniedException')
  await refused(use(await sessionOf(petra)), 'AccessDeniedException')
  const proof = { SerialNumber: serialNumber, TokenCode: app.codeAt(house.clock.now()) }
  const proven = await sessionOf(petra, proof)
  await use(proven)
  house.clock.advance(899_000)
  await use(proven)
  house.clock.advance(1_000)
  await refused(use(proven), 'AccessDeniedException')
})

test('A role’s session passes for one without a second factor, whatever was shown to get it', async () => {
  const quinn = await house.user('quinn', 'sts:AssumeRole')
  const { serialNumber, app } = await newDevice(house.root, 'quinn', house.clock.now())
  house.clock.advance(60_000)
  const role = await newRole(house.root, 'Proven', trusting({ AWS: quinn.arn }))
  const condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
  const careful = { Effect: 'Allow', Principal: { AWS: role }, Action: 'kms:Encrypt', Condition: condition }
  const key = await newKey(house.root, { Policy: keyPolicy(careful) })
  const TokenCode = app.codeAt(house.clock.now())
  const session = await assume(house, quinn, { RoleArn: role, SerialNumber: serialNumber, TokenCode })
  await refused(session.kms.encrypt({ KeyId: key.id, Plaintext: bytes('x') }), 'AccessDeniedException')
})

test('A CI job uses a key with nothing but the token of its build system', async () => {
  const issuer: Issuer = await startIssuer(newAuthority())
  try {
    const { OpenIDConnectProviderArn: provider } = await house.root.iam.createOpenIDConnectProvider({
      Url: issuer.url,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [issuer.thumbprint],
    })
    const branch = { StringEquals: { [`${issuer.place}:sub`]: 'repo:example/app:ref:refs/heads/main' } }
    const trust = trusting({ Federated: provider }, branch, 'sts:AssumeRoleWithWebIdentity')
    const role = await newRole(house.root, 'Deploy', trust)
    const named = { Effect: 'Allow', Principal: { AWS: role }, Action: ['kms:Encrypt', 'kms:Decrypt'] }
    const key = await newKey(house.root, { Policy: keyPolicy(named) })
    const login = async (sub: string) => {
      const WebIdentityToken = issuer.token({ aud: 'sts.amazonaws.com', sub }, house.clock.now())
      const asked = { RoleArn: role, RoleSessionName: 'build-7', WebIdentityToken }
      return holderOf(house, await house.root.sts.assumeRoleWithWebIdentity(asked))
    }
    const job = await login('repo:example/app:ref:refs/heads/main')
    const { CiphertextBlob } = await job.kms.encrypt({ KeyId: key.id, Plaintext: bytes('release') })
    expect(textOf((await job.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('release')
    await refused(login('repo:example/app:ref:refs/heads/feature'), 'AccessDenied')
  } finally {
    await issuer.close()
  }
})

test('A key policy may name one session, and then means no other of the same role', async () => {
  const rita = await house.user('rita', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Shift', trusting({ AWS: rootArn }))
  const named = { AWS: `arn:aws:sts::${account}:assumed-role/Shift/night` }
  const key = await newKey(house.root, {
    Policy: keyPolicy({ Effect: 'Allow', Principal: named, Action: 'kms:DescribeKey' }),
  })
  const night = await assume(house, rita, { RoleArn: role, RoleSessionName: 'night' })
  const day = await assume(house, rita, { RoleArn: role, RoleSessionName: 'day' })
  expect((await night.kms.describeKey({ KeyId: key.id })).KeyMetadata?.KeyId).toBe(key.id)
  await refused(day.kms.describeKey({ KeyId: key.id }), 'AccessDeniedException')
})

test('After credentials have leaked, everybody’s older sessions of the role are turned away, and newer ones are not', async () => {
  const tara = await house.user('tara', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Leaked', trusting({ AWS: rootArn }), 'kms:ListKeys')
  const leaked = await assume(house, tara, { RoleArn: role })
  await leaked.kms.listKeys({})
  house.clock.advance(1_000)
  const revoke = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(house.clock.now()).toISOString() } },
  }
  await house.root.iam.putRolePolicy({
    RoleName: 'Leaked',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [revoke] }),
  })
  await refused(leaked.kms.listKeys({}), 'AccessDeniedException')
  await (await assume(house, tara, { RoleArn: role })).kms.listKeys({})
})
