import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, type House, openHouse } from './applying.ts'
import { allow, everything, trusting } from './everything.ts'

/** `claviger apply` with a service that runs: what it does, what it leaves alone, and how it goes on. */

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('what others wrote into the service cannot move the cursor of whoever reads a plan', async () => {
  const { kms } = house.root
  const Description = '\u001b[2J\u009b1A\u202e\n+ user nobody'
  const { KeyMetadata: key } = await kms.createKey({ Description })
  await kms.createAlias({ AliasName: 'alias/told', TargetKeyId: key?.KeyId })
  await house.write('told.yaml', 'keys: {told: {description: told}}')
  const { stdout } = await house.apply('told.yaml', '--plan')
  expect(stdout).toContain('description: \\u001b[2J\\u009b1A\\u202e\\u000a+ user nobody → told')
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  const asData = await house.apply('told.yaml', '--plan', '--json')
  expect(asData.stdout).not.toContain('\u009b')
  expect(asData.stdout).toContain('\\u009b')
})

describe('a file with one of everything', () => {
  test('is shown first and nothing is done, then applied, and then as it describes', async () => {
    await house.write('everything.yaml', everything)
    const shown = await house.apply('everything.yaml', '--plan')
    expect(shown).toMatchObject({ status: 1, stderr: '' })
    expect(shown.stdout).toContain('+ role day\n')
    expect(shown.stdout).toContain('    policy: 2 statements (Own, Night)\n')
    expect(shown.stdout).toMatch(/\n11 to create, 1 to change, 0 untouched\n$/)
    expect((await house.root.iam.listUsers({})).Users).toEqual([])

    expect(await house.apply('everything.yaml', '--yes')).toMatchObject({ status: 0, stderr: '' })
    const again = await house.apply('everything.yaml', '--plan')
    expect(again).toEqual({
      status: 0,
      stdout: '0 to create, 0 to change, 12 untouched\n',
      stderr: '',
    })
  })

  test('has made principals that trust each other, with their boundaries', async () => {
    const { iam } = house.root
    const { Role: day } = await iam.getRole({ RoleName: 'day' })
    expect(decodeURIComponent(String(day?.AssumeRolePolicyDocument))).toContain(`${account}:role/night`)
    expect(day).toMatchObject({
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${account}:policy/limits/base` },
    })
    const { Groups } = await iam.listGroupsForUser({ UserName: 'alice' })
    expect(Groups).toMatchObject([{ GroupName: 'readers', Path: '/staff/' }])
  })

  test('has made policies that name its keys, and keys that name its roles', async () => {
    const { iam, kms } = house.root
    const { KeyMetadata: key } = await kms.describeKey({ KeyId: 'alias/post' })
    const PolicyArn = `arn:aws:iam::${account}:policy/open-letters`
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: 'v1' })
    expect(decodeURIComponent(String(PolicyVersion?.Document))).toContain(`"Resource":"${key?.Arn}"`)
    const { Policy } = await kms.getKeyPolicy({ KeyId: key?.KeyId })
    if (Policy === undefined) throw new Error('there is no policy')
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Sid: 'Own' }, { Principal: { AWS: `arn:aws:iam::${account}:role/night` } }],
    })
    const { Grants } = await kms.listGrants({ KeyId: key?.KeyId })
    expect(Grants).toMatchObject([
      { Name: 'courier', Constraints: { EncryptionContextSubset: { to: 'bob' } } },
    ])
  })

  test('has made a key in another Region with its replica here, under one alias', async () => {
    const [there, here] = await Promise.all(
      ['eu-west-1', 'us-east-1'].map((region) =>
        house.root.kmsIn(region).describeKey({ KeyId: 'alias/ledger' }),
      ),
    )
    expect(there?.KeyMetadata?.KeyId).toBe(here?.KeyMetadata?.KeyId)
    expect(here?.KeyMetadata).toMatchObject({
      Description: 'Both sides',
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' },
    })
  })

  test('is put right again where somebody changed it by hand', async () => {
    const { iam, kms } = house.root
    await kms.updateKeyDescription({ KeyId: await keyId('letters'), Description: 'Bills' })
    await kms.putKeyPolicy({
      KeyId: await keyId('letters'),
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' },
      }),
    })
    await iam.detachUserPolicy({ UserName: 'alice', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
    await iam.deleteUserPermissionsBoundary({ UserName: 'bob' })
    const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/token.example.com`
    const Tags = [{ Key: 'team', Value: 'red' }]
    await iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags })
    const { stdout } = await house.apply('everything.yaml', '--yes')
    expect(stdout).toContain('    description: Bills → Letters\n')
    expect(stdout).toMatch(/\n {6}\+ {7}"Sid": "Night",\n/)
    expect(stdout).toContain('    tags.team: red → blue\n')
    expect(stdout).toContain('0 to create, 4 to change, 8 untouched\n')
    expect(await house.apply('everything.yaml', '--plan')).toMatchObject({ status: 0 })
  })
})

describe('what the file does not say', () => {
  test('is left as it is, and said', async () => {
    const { iam, kms } = house.root
    await house.write('little.yaml', `{users: {carol: {tags: {a: b}}}, keys: {little: {}}}`)
    await house.apply('little.yaml', '--yes')
    await iam.putUserPolicy({ UserName: 'carol', PolicyName: 'own', PolicyDocument: document('kms:*') })
    await iam.tagUser({ UserName: 'carol', Tags: [{ Key: 'c', Value: 'd' }] })
    await kms.createAlias({ AliasName: 'alias/second', TargetKeyId: await keyId('little') })
    await kms.createGrant({
      KeyId: await keyId('little'),
      Name: 'by-hand',
      GranteePrincipal: `arn:aws:iam::${account}:user/carol`,
      Operations: ['Encrypt'],
    })
    const { status, stdout } = await house.apply('little.yaml', '--yes')
    expect(status).toBe(0)
    expect(stdout).toBe(
      [
        'Beyond the file, and left as it is:',
        '  · user carol: tag `c`',
        '  · user carol: inline policy `own`',
        '  · key little: alias `second`',
        '  · key little: grant `by-hand`',
        '',
        '0 to create, 0 to change, 2 untouched',
        '',
      ].join('\n'),
    )
    expect((await iam.listUserPolicies({ UserName: 'carol' })).PolicyNames).toEqual(['own'])
  })

  test('is of no consequence in how a policy is written', async () => {
    const statement = `Effect: Allow, Principal: {AWS: 'arn:aws:iam::<account>:root'}, Resource: '*'`
    const key = (words: string) => `keys: {spelled: {policy: {Version: '2012-10-17', Statement: ${words}}}}`
    await house.write('spelled.yaml', key(`[{${statement}, Action: ['kms:*']}]`))
    await house.apply('spelled.yaml', '--yes')
    await house.write('spelled.yaml', key(`{Action: 'kms:*', ${statement}}`))
    expect(await house.apply('spelled.yaml', '--plan')).toMatchObject({ status: 0 })
  })
})

describe('what cannot be changed', () => {
  test('is said of all things at once, before anything is done', async () => {
    await house.write(
      'first.yaml',
      `{keys: {plain: {}}, policies: {p: {description: A, document: ${allow('kms:*')}}}}`,
    )
    await house.apply('first.yaml', '--yes')
    await house.write(
      'other.yaml',
      `{keys: {plain: {spec: RSA_2048, usage: SIGN_VERIFY}}, users: {dora: {}}, policies: {p: {description: B, document: ${allow('kms:*')}}}}`,
    )
    const { status, stdout, stderr } = await house.apply('other.yaml', '--yes')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe(
      [
        'claviger: policy p: description is "A" and cannot be changed to "B"',
        'claviger: key plain: spec is "SYMMETRIC_DEFAULT" and cannot be changed to "RSA_2048"',
        'claviger: key plain: usage is "ENCRYPT_DECRYPT" and cannot be changed to "SIGN_VERIFY"',
        'nothing was done',
        '',
      ].join('\n'),
    )
    const { Users } = await house.root.iam.listUsers({})
    expect(Users?.map(({ UserName }) => UserName)).not.toContain('dora')
  })

  test('is an alias that another key has, which whoever uses it would not notice', async () => {
    await house.write('taken.yaml', 'keys: {one: {aliases: [shared]}}')
    expect(await house.apply('taken.yaml', '--yes')).toMatchObject({ status: 0 })
    await house.write('taken.yaml', 'keys: {two: {aliases: [shared]}}')
    const { status, stderr } = await house.apply('taken.yaml', '--yes')
    expect(status).toBe(1)
    expect(stderr).toContain(`key two: aliases: \`shared\` is that of key ${await keyId('one')}; `)
  })

  test('is a grant too, which needs another name', async () => {
    const key = (operation: string) =>
      `keys: {granted: {grants: [{name: a, grantee: 'arn:aws:iam::<account>:root', operations: [${operation}]}]}}`
    await house.write('granted.yaml', key('Encrypt'))
    expect(await house.apply('granted.yaml', '--yes')).toMatchObject({ status: 0 })
    await house.write('granted.yaml', key('Decrypt'))
    const { status, stderr } = await house.apply('granted.yaml', '--yes')
    expect(status).toBe(1)
    expect(stderr).toContain(
      'key granted: grant `a` says something else, and grants cannot be changed: revoke ',
    )
  })
})

describe('a run that breaks off', () => {
  test('says what was refused and why to ask, and the next goes on from there', async () => {
    // A key policy that would lock everybody out is refused, when the role that it names is there already.
    const locked = (action: string) => `
roles:
  worker: {trust: ${trusting('arn:aws:iam::<account>:root')}}
keys:
  work: {policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: 'arn:aws:iam::<account>:role/worker'}, Action: ${action}, Resource: '*'}, {Effect: Allow, Principal: {AWS: 'arn:aws:iam::<account>:root'}, Action: ${action}, Resource: '*'}]}}
`
    await house.write('work.yaml', locked('kms:Decrypt'))
    const broken = await house.apply('work.yaml', '--yes')
    expect(broken.status).toBe(3)
    expect(broken.stderr).toContain('claviger: key work: MalformedPolicyDocument: ')
    expect(broken.stderr).toContain('what was done before stays as it is; the next run goes on from there\n')

    const { iam } = house.root
    const { Role } = await iam.getRole({ RoleName: 'worker' })
    const trust = decodeURIComponent(String(Role?.AssumeRolePolicyDocument))
    expect(trust, 'a role that is not whole yet lets nobody in').toContain('"Effect":"Deny"')

    await house.write('work.yaml', locked('kms:*'))
    const next = await house.apply('work.yaml', '--yes')
    expect(next.status).toBe(0)
    expect(next.stdout).toContain('0 to create, 2 to change, 0 untouched\n')
    expect(await house.apply('work.yaml', '--plan')).toMatchObject({ status: 0 })
  })
})

describe('an access key that is asked for', () => {
  test('is written to a file that nobody else reads, once, and never printed', async () => {
    await house.write(
      'keys.yaml',
      `{users: {erin: {access-key: file, policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}}}`,
    )
    const { status, stdout, stderr } = await house.apply('keys.yaml', '--yes')
    expect(status).toBe(0)
    const written = await house.read('keys.credentials')
    const [, secret = ''] = /aws_secret_access_key = (\S{40})\n/.exec(written) ?? []
    expect(secret).not.toBe('')
    expect(stdout + stderr).not.toContain(secret)
    expect((await stat(join(house.folder, 'keys.credentials'))).mode & 0o777).toBe(0o600)

    const erin = await house.profile('keys.credentials', 'erin')
    expect((await erin.sts.getCallerIdentity({})).Arn).toBe(`arn:aws:iam::${account}:user/erin`)
    await house.apply('keys.yaml', '--yes')
    expect(await house.read('keys.credentials')).toBe(written)
  })

  test('stands beside those that were in the file before', async () => {
    await house.write('more.yaml', `users: {frank: {access-key: file}, grace: {access-key: file}}`)
    const file = join(house.folder, 'keys.credentials')
    expect(await house.apply('more.yaml', '--yes', '--credentials-file', file)).toMatchObject({ status: 0 })
    const profiles = [...(await house.read('keys.credentials')).matchAll(/^\[(.*)\]$/gm)].map(
      ([, name]) => name,
    )
    expect(profiles).toEqual(['erin', 'frank', 'grace'])
  })

  test('is not made where others would read it', async () => {
    await house.write('open.credentials', '')
    await chmod(join(house.folder, 'open.credentials'), 0o644)
    await house.write('open.yaml', `users: {henry: {access-key: file}}`)
    const { status, stderr } = await house.apply('open.yaml', '--yes')
    expect(status).toBe(3)
    expect(stderr).toContain('others may read ')
    const { AccessKeyMetadata } = await house.root.iam.listAccessKeys({ UserName: 'henry' })
    expect(AccessKeyMetadata).toEqual([])
  })
})

describe('whoever applies a file', () => {
  test('is asked, unless they said yes; without a terminal nothing is done', async () => {
    await house.write('ask.yaml', 'users: {ivan: {}}')
    const { status, stderr } = await house.apply('ask.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('nothing was done: there is nobody to ask\n')
    expect(await house.apply('ask.yaml', '--plan')).toMatchObject({ status: 1 })
  })

  test('may have the plan as data', async () => {
    const planned = await house.apply('ask.yaml', '--plan', '--json')
    expect(JSON.parse(planned.stdout)).toEqual({
      applied: false,
      things: [{ kind: 'user', name: 'ivan', does: 'create', differences: [], beyond: [], obstacles: [] }],
    })
    expect(JSON.parse((await house.apply('ask.yaml', '--yes', '--json')).stdout)).toMatchObject({
      applied: true,
    })
  })

  test('may be somebody else, and what they may not do is refused with the way to ask why', async () => {
    await house.write('nobody.yaml', 'users: {judy: {access-key: file}}')
    await house.apply('nobody.yaml', '--yes')
    const [, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = ''] =
      /id = (\S+)\n.*key = (\S+)\n/.exec(await house.read('nobody.credentials')) ?? []
    const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }
    const { status, stderr } = await house.applyAs(environment, 'ask.yaml', '--plan')
    expect(status).toBe(3)
    expect(stderr).toMatch(/^claviger: user ivan: AccessDenied: User: \S+:user\/judy is not authorized/)
    expect(stderr).toMatch(/\nhint: `claviger why [0-9a-f-]{36}` says why\n$/)
  })

  test('finds the service at an endpoint too', async () => {
    const url = house.claviger.url
    const [, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = ''] =
      /id = (\S+)\n.*key = (\S+)\n/.exec(await house.read('.claviger/credentials')) ?? []
    const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL: url }
    expect(await house.applyAs(environment, 'ask.yaml', '--plan', '--data-dir', '/nowhere')).toMatchObject({
      status: 0,
    })
    const nobody = await house.applyAs(
      environment,
      'ask.yaml',
      '--plan',
      '--endpoint-url',
      'http://127.0.0.1:1',
    )
    expect(nobody).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('the service cannot be reached'),
    })
  })
})

test('a policy that is changed often keeps its newest five versions', async () => {
  for (const action of ['Encrypt', 'Decrypt', 'Sign', 'Verify', 'ReEncrypt*', 'List*', 'Get*']) {
    await house.write('often.yaml', `policies: {often: {document: ${allow(`kms:${action}`)}}}`)
    expect(await house.apply('often.yaml', '--yes')).toMatchObject({ status: 0 })
  }
  const { Versions } = await house.root.iam.listPolicyVersions({
    PolicyArn: `arn:aws:iam::${account}:policy/often`,
  })
  expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['v7', 'v6', 'v5', 'v4', 'v3'])
})

async function keyId(alias: string): Promise<string> {
  const { KeyMetadata } = await house.root.kms.describeKey({ KeyId: `alias/${alias}` })
  return String(KeyMetadata?.KeyId)
}

function document(action: string): string {
  const statement = { Effect: 'Allow', Action: action, Resource: '*' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}
