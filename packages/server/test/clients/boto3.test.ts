import { join } from 'node:path'
import { expect } from 'vitest'
import { emptyDirectory, running } from '../crash/process.ts'
import { account, allow, keyPolicy } from '../serving.ts'
import { printed, session } from './client.ts'

const boto3 = {
  name: 'boto3',
  programs: ['/usr/bin/python3', 'python3'],
  version: ['-c', 'import boto3; print(f"boto3/{boto3.__version__}")'],
  knows: (operation: string) => [
    '-c',
    `import boto3; boto3.client('kms', region_name='us-east-1').meta.service_model.operation_model('${operation}')`,
  ],
  debianPackage: 'python3-boto3',
}

/** What a session told, step by step. */
async function told(python: string, program: string, { flags = [], environment = {} }: Told = {}) {
  const directory = await emptyDirectory()
  const service = await running({ dataDir: directory, environment: {}, flags })
  const { code, stdout, stderr } = await printed(python, [join(import.meta.dirname, program)], {
    HOME: directory,
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
    AWS_PROFILE: 'claviger',
    ENDPOINT: service.url,
    ...environment,
  })
  expect([code, stderr]).toEqual([0, ''])
  const lines = stdout.trim().split('\n')
  return lines.map((line) => JSON.parse(line) as [string, unknown])
}

interface Told {
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

await session(boto3, 'with boto3 a key is made, used, refused, allowed and granted', async (python) => {
  const environment = { POLICY: keyPolicy(), ALLOW: allow(['kms:Decrypt'], { on: '*' }) }
  const steps = await told(python, 'boto3-session.py', { environment })
  const keyArn = String(new Map(steps).get('key arn'))
  const bob = `arn:aws:iam::${account}:user/bob`
  const refused = (code: string, operation: string, message: string) => [
    code,
    code,
    `An error occurred (${code}) when calling the ${operation} operation: ${message}`,
  ]
  const alias = `arn:aws:kms:us-east-1:${account}:alias/nobody`
  expect(steps).toEqual([
    ['caller', `arn:aws:iam::${account}:root`],
    ['key', ['Enabled', 'letters', true]],
    ['key arn', expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//)],
    ['opened', 'meet me at noon'],
    ['wrong context', refused('InvalidCiphertextException', 'Decrypt', '')],
    ['data key', [32, true]],
    ['bob', [bob, true]],
    [
      'bob refused',
      [
        'ClientError',
        'AccessDeniedException',
        `An error occurred (AccessDeniedException) when calling the Decrypt operation: User: ${bob} is not authorized to perform: kms:Decrypt on resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
      ],
    ],
    ['bob allowed', 'meet me at noon'],
    ['policy read back', true],
    ['grant', true],
    ['beyond the grant', 'AccessDeniedException'],
    ['grants', [true]],
    ['revoked', 'AccessDeniedException'],
    ['pages', [3, 3, 1]],
    ['missing', refused('NotFoundException', 'DescribeKey', `Alias ${alias} is not found.`)],
    [
      'missing user',
      [
        'NoSuchEntityException',
        'NoSuchEntity',
        'An error occurred (NoSuchEntity) when calling the GetUser operation: The user with name nobody cannot be found.',
      ],
    ],
    [
      'pending deletion',
      refused('KMSInvalidStateException', 'Encrypt', `${keyArn} is pending deletion.`).slice(1),
    ],
    ['caught by its class', true],
  ])
})

await session(
  boto3,
  'with boto3 roles, groups and managed policies are made, waited for and listed',
  async (python) => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const environment = {
      TRUST: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
      ALLOW: allow(['kms:Decrypt'], { on: '*' }),
    }
    expect(await told(python, 'boto3-iam-session.py', { environment })).toEqual([
      ['trust read back', [true, 3600]],
      ['attached', [['AdministratorAccess'], ['Own']]],
      ['conflict', 'Cannot delete entity, must detach all policies first.'],
      ['details', [[['Staff']], 3]],
      ['document', true],
      ['summary', { Users: 1, Roles: 1, PoliciesQuota: 1500 }],
    ])
  },
)

await session(boto3, 'with boto3 keys of every kind are used for what they are for', async (python) => {
  const flags = ['--regions', 'us-east-1,eu-west-1']
  expect(await told(python, 'boto3-key-kinds.py', { flags })).toEqual([
    ['signature', true],
    ['of another message', 'KMSInvalidSignatureException'],
    ['public key', ['SIGN_VERIFY', ['ECDSA_SHA_256'], true]],
    ['mac', true],
    ['of another text', 'KMSInvalidMacException'],
    ['pair', true],
    ['rsa', 'meet me at noon'],
    ['not for this', 'InvalidKeyUsageException'],
    ['rotated', true],
    ['pending import', 'KMSInvalidStateException'],
    ['imported', 'meet me at noon'],
    ['replica', ['eu-west-1', 'REPLICA']],
    ['opened there', 'meet me at noon'],
    ['stores', [['vault', 'DISCONNECTED']]],
  ])
})

await session(
  boto3,
  'with boto3 two keys agree on a secret, a key is rotated on demand, and tells its last use',
  async (python) => {
    expect(await told(python, 'boto3-new-operations.py')).toEqual([
      ['agreed', true],
      ['rotations', ['ON_DEMAND']],
      ['opened', 'meet me at noon'],
      ['last usage', ['Decrypt', true]],
    ])
  },
  { needs: ['DeriveSharedSecret', 'RotateKeyOnDemand', 'ListKeyRotations', 'GetKeyLastUsage'] },
)

await session(boto3, 'boto3’s paginator reads what happened to a key', async (python) => {
  expect(await told(python, 'boto3-trail.py')).toEqual([
    ['pages', [3, 3, 2]],
    ['names', [...Array(7).fill('Encrypt'), 'CreateKey']],
    ['each once', true],
    ['newest first', true],
    ['within the hour', 8],
    ['record', ['Encrypt', true]],
    ['status', true],
  ])
})

await session(boto3, 'boto3 is never throttled unless quotas are switched on', async (python) => {
  const keys = 12
  expect(await told(python, 'boto3-burst.py', { environment: { KEYS: `${keys}` } })).toEqual([
    ['in one attempt', [keys, []]],
    ['with retries', keys],
  ])
})

await session(
  boto3,
  "under AWS's quotas boto3 is throttled, and gets through by waiting as it does on AWS",
  async (python) => {
    const keys = 12
    const answers = new Map(
      await told(python, 'boto3-burst.py', {
        flags: ['--quotas', 'aws'],
        environment: { KEYS: `${keys}` },
      }),
    )
    const [made, refusals] = answers.get('in one attempt') as [number, string[]]
    expect(made).toBeLessThan(keys)
    expect(new Set(refusals)).toEqual(new Set(['ThrottlingException']))
    expect(answers.get('with retries')).toBe(keys)
  },
)
