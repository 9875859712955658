import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ownClock } from '../../base/own-clock.ts'
import { type Issuer, newAuthority, startIssuer } from '../../issuer.ts'
import { account, KMS, keyPolicy, newKey, rootArn, type Serving, STS, serve } from '../../serving.ts'
import { newRole, trusting } from '../../sessions.ts'

/** Programs that are told by their surroundings alone who they are: nothing about the service is in their code. */

let house: Serving
let issuer: Issuer
let directory: string
beforeAll(async () => {
  // Programs go by the time of their machine.
  house = await serve({}, ownClock(Date.now()))
  issuer = await startIssuer(newAuthority())
  directory = await mkdtemp(join(tmpdir(), 'claviger-workload-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(async () => {
  await issuer.close()
  await house.close()
  await rm(directory, { recursive: true, force: true })
})

/** What a program does that knows a key's ARN and nothing else: it says who it is, and asks about the key. */
async function program(KeyId: string, environment: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const [sts, kms] = [new STS({}), new KMS({})]
  try {
    const { Arn } = await sts.getCallerIdentity({})
    const { KeyMetadata } = await kms.describeKey({ KeyId })
    return [String(Arn), String(KeyMetadata?.KeyState)]
  } finally {
    sts.destroy()
    kms.destroy()
  }
}

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

test('a pod uses a key with the token of its service account, which its cluster puts into a file', async () => {
  const subject = 'system:serviceaccount:payroll:writer'
  const { OpenIDConnectProviderArn: Federated } = await house.root.iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: [issuer.thumbprint],
  })
  const when = {
    StringEquals: { [`${issuer.place}:sub`]: subject, [`${issuer.place}:aud`]: 'sts.amazonaws.com' },
  }
  const trust = trusting({ Federated }, when, 'sts:AssumeRoleWithWebIdentity')
  const role = await newRole(house.root, 'PayrollWriter', trust)
  const { arn } = await newKey(house.root, {
    Policy: keyPolicy({ Effect: 'Allow', Principal: { AWS: role }, Action: 'kms:DescribeKey' }),
  })
  const token = issuer.token({ sub: subject, aud: 'sts.amazonaws.com' }, Date.now())
  const told = await program(arn, {
    AWS_ENDPOINT_URL: house.url,
    AWS_REGION: 'us-east-1',
    AWS_ROLE_ARN: role,
    AWS_ROLE_SESSION_NAME: 'writer-7d9f',
    AWS_WEB_IDENTITY_TOKEN_FILE: await file('token', token),
    AWS_CONFIG_FILE: await file('no-config', ''),
    AWS_SHARED_CREDENTIALS_FILE: await file('no-credentials', ''),
  })
  expect(told).toEqual([`arn:aws:sts::${account}:assumed-role/PayrollWriter/writer-7d9f`, 'Enabled'])
})

test('a program under a profile with role_arn and source_profile has the role, and its user has no more than that', async () => {
  const robin = await house.user('robin', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Reader', trusting({ AWS: rootArn }), 'kms:DescribeKey')
  const { arn } = await newKey(house.root)
  const lines = `region = us-east-1\nendpoint_url = ${house.url}`
  const config = await file(
    'config',
    `[profile robin]
${lines}
aws_access_key_id = ${robin.credentials.accessKeyId}
aws_secret_access_key = ${robin.credentials.secretAccessKey}
[profile reader]
${lines}
role_arn = ${role}
source_profile = robin
role_session_name = laptop
`,
  )
  const surroundings = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: await file('none', '') }
  const told = await program(arn, { ...surroundings, AWS_PROFILE: 'reader' })
  expect(told).toEqual([`arn:aws:sts::${account}:assumed-role/Reader/laptop`, 'Enabled'])
  await expect(program(arn, { ...surroundings, AWS_PROFILE: 'robin' })).rejects.toThrow(
    /user\/robin is not authorized to perform: kms:DescribeKey/,
  )
})
