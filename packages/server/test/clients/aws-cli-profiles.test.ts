import { afterAll, beforeAll, expect } from 'vitest'
import { type Issuer, newAuthority, startIssuer } from '../issuer.ts'
import { account, allow, rootArn } from '../serving.ts'
import { trusting } from '../sessions.ts'
import { awsCli, type Desk, deskOf, text } from './aws-cli.ts'
import { session, type Wanted } from './client.ts'

/** Profiles with which the AWS CLI gets a role's credentials by itself, as `docs/clients.md` shows them. */

/** A CLI that reads `endpoint_url` from its configuration: since 1.29 and 2.13. This operation came soon after. */
const configurable: Wanted = { ...awsCli, knows: () => awsCli.knows('rotate-key-on-demand') }
const needs = ['endpoint_url']

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer(newAuthority())
})
afterAll(() => issuer.close())

const identity = ['sts', 'get-caller-identity', ...text('Arn')]
const sessionOf = (role: string, name: string) => `arn:aws:sts::${account}:assumed-role/${role}/${name}`

async function newRole({ root }: Desk, name: string, trust: string, ...actions: string[]): Promise<string> {
  const made = ['iam', 'create-role', '--role-name', name, '--assume-role-policy-document', trust]
  const arn = await root.says(...made, ...text('Role.Arn'))
  const put = ['iam', 'put-role-policy', '--role-name', name, '--policy-name', 'allowing']
  if (actions.length > 0) await root.says(...put, '--policy-document', allow(actions, { on: '*' }))
  return arn
}

/** The profile of a new user who may assume roles and nothing else. */
async function carolIn({ root }: Desk): Promise<string> {
  await root.says('iam', 'create-user', '--user-name', 'carol')
  const put = ['iam', 'put-user-policy', '--user-name', 'carol', '--policy-name', 'roles']
  await root.says(...put, '--policy-document', allow(['sts:AssumeRole'], { on: '*' }))
  const made = ['iam', 'create-access-key', '--user-name', 'carol']
  const printed = await root.says(...made, ...text('AccessKey.[AccessKeyId,SecretAccessKey]'))
  const [id, secret] = printed.split('\t')
  return `[profile carol]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
}

/** A role for builds of one branch, and a file with the token of such a build. */
async function newBuild(desk: Desk) {
  const provider = await desk.root.says(
    ...['iam', 'create-open-id-connect-provider', '--url', issuer.url],
    ...['--client-id-list', 'sts.amazonaws.com', '--thumbprint-list', issuer.thumbprint],
    ...text('OpenIDConnectProviderArn'),
  )
  const when = {
    StringEquals: {
      [`${issuer.place}:aud`]: 'sts.amazonaws.com',
      [`${issuer.place}:sub`]: 'repo:example/app:ref:refs/heads/main',
    },
  }
  const trust = trusting({ Federated: provider }, when, 'sts:AssumeRoleWithWebIdentity')
  const role = await newRole(desk, 'Deploy', trust, 'kms:*')
  const tokenOf = (branch: string) => {
    const claims = { aud: 'sts.amazonaws.com', sub: `repo:example/app:ref:refs/heads/${branch}` }
    return desk.file('token', issuer.token(claims, Date.now()))
  }
  return { role, tokenOf }
}

await session(
  configurable,
  'a profile with role_arn and source_profile assumes its role by itself, and from there another',
  async (program) => {
    const desk = await deskOf(program)
    const writer = await newRole(desk, 'Writer', trusting({ AWS: rootArn }), 'kms:*', 'sts:AssumeRole')
    const named = { StringEquals: { 'sts:ExternalId': 'house-7' } }
    const reader = await newRole(desk, 'Reader', trusting({ AWS: writer }, named), 'kms:DescribeKey')
    const config = await desk.file(
      'config',
      `${await carolIn(desk)}
[profile writer]
role_arn = ${writer}
source_profile = carol
role_session_name = desk
[profile reader]
role_arn = ${reader}
source_profile = writer
external_id = house-7
role_session_name = desk
[profile guesser]
role_arn = ${reader}
source_profile = writer
external_id = house-8
`.replaceAll(/^\[.*$/gm, (line) => `${line}\nregion = us-east-1\nendpoint_url = ${desk.url}`),
    )
    const as = (profile: string) => desk.configured(config, profile)
    expect(await as('carol').says(...identity)).toBe(`arn:aws:iam::${account}:user/carol`)
    expect(await as('writer').says(...identity)).toBe(sessionOf('Writer', 'desk'))
    const keyId = await as('writer').says('kms', 'create-key', ...text('KeyMetadata.KeyId'))
    const describe = ['kms', 'describe-key', '--key-id', keyId, ...text('KeyMetadata.KeyState')]
    expect(await as('carol').fails(...describe)).toContain('no identity-based policy allows')
    expect(await as('reader').says(...identity)).toBe(sessionOf('Reader', 'desk'))
    expect(await as('reader').says(...describe)).toBe('Enabled')
    expect(await as('reader').fails('kms', 'disable-key', '--key-id', keyId)).toContain('assumed-role/Reader')
    expect(await as('guesser').fails(...identity)).toMatch(/\(AccessDenied\) when calling the AssumeRole/)
  },
  { needs },
)

await session(
  configurable,
  'a profile with web_identity_token_file assumes its role with the token of a build, and with no other',
  async (program) => {
    const desk = await deskOf(program)
    const { role, tokenOf } = await newBuild(desk)
    const token = await tokenOf('main')
    const profile = (name: string) => `[profile ${name}]
region = us-east-1
endpoint_url = ${desk.url}
role_arn = ${role}
web_identity_token_file = ${token}
role_session_name = ${name}
`
    const config = await desk.file('config', `${profile('build-7')}${profile('build-8')}`)
    const build = desk.configured(config, 'build-7')
    expect(await build.says(...identity)).toBe(sessionOf('Deploy', 'build-7'))
    await build.says('kms', 'create-key')
    // The CLI keeps credentials while they last; the file is read again for every other session.
    await tokenOf('feature')
    expect(await build.says(...identity)).toBe(sessionOf('Deploy', 'build-7'))
    expect(await desk.configured(config, 'build-8').fails(...identity)).toMatch(
      /\(AccessDenied\) when calling the AssumeRoleWithWebIdentity/,
    )
  },
  { needs },
)

await session(
  awsCli,
  'a profile with credential_process gets a role’s credentials also where the CLI knows no endpoint_url',
  async (program) => {
    const desk = await deskOf(program)
    const writer = await newRole(desk, 'Writer', trusting({ AWS: rootArn }), 'kms:*')
    const { role, tokenOf } = await newBuild(desk)
    const aws = `${program} --endpoint-url ${desk.url} --region us-east-1 --output json`
    const shown = '--query "Credentials|merge(@, {Version: `1`})"'
    const config = await desk.file(
      'config',
      `${await carolIn(desk)}
[profile writer]
region = us-east-1
credential_process = ${aws} --profile carol sts assume-role --role-arn ${writer} --role-session-name desk ${shown}
[profile build]
region = us-east-1
credential_process = ${aws} --profile carol --no-sign-request sts assume-role-with-web-identity --role-arn ${role} --role-session-name build-7 --web-identity-token file://${await tokenOf('main')} ${shown}
`,
    )
    const as = (profile: string) => desk.configured(config, profile)
    const here = ['--endpoint-url', desk.url]
    expect(await as('writer').says(...here, ...identity)).toBe(sessionOf('Writer', 'desk'))
    await as('writer').says(...here, 'kms', 'create-key')
    expect(await as('build').says(...here, ...identity)).toBe(sessionOf('Deploy', 'build-7'))
  },
)
