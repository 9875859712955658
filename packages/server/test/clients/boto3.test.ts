import { join } from 'node:path'
import { expect } from 'vitest'
import { emptyDirectory, running } from '../crash/process.ts'
import { account, allow, keyPolicy } from '../serving.ts'
import { printed, session } from './client.ts'

const boto3 = {
  name: 'boto3',
  programs: ['/usr/bin/python3', 'python3'],
  proof: ['-c', 'import boto3'],
  debianPackage: 'python3-boto3',
}

await session(boto3, 'with boto3 a key is made, used, refused, allowed and granted', async (python) => {
  const directory = await emptyDirectory()
  const service = await running({ dataDir: directory, environment: {} })
  const { code, stdout, stderr } = await printed(python, [join(import.meta.dirname, 'boto3-session.py')], {
    HOME: directory,
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
    AWS_PROFILE: 'claviger',
    ENDPOINT: service.url,
    POLICY: keyPolicy(),
    ALLOW: allow(['kms:Decrypt'], { on: '*' }),
  })
  expect([code, stderr]).toEqual([0, ''])
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, unknown])
  const keyArn = String(new Map(told).get('key arn'))
  const bob = `arn:aws:iam::${account}:user/bob`
  const refused = (code: string, operation: string, message: string) => [
    code,
    code,
    `An error occurred (${code}) when calling the ${operation} operation: ${message}`,
  ]
  const alias = `arn:aws:kms:us-east-1:${account}:alias/nobody`
  expect(told).toEqual([
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
    const directory = await emptyDirectory()
    const service = await running({ dataDir: directory, environment: {} })
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const program = join(import.meta.dirname, 'boto3-iam-session.py')
    const { code, stdout, stderr } = await printed(python, [program], {
      HOME: directory,
      AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
      AWS_PROFILE: 'claviger',
      ENDPOINT: service.url,
      TRUST: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
      ALLOW: allow(['kms:Decrypt'], { on: '*' }),
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      ['trust read back', [true, 3600]],
      ['attached', [['AdministratorAccess'], ['Own']]],
      ['conflict', 'Cannot delete entity, must detach all policies first.'],
      ['details', [[['Staff']], 3]],
      ['document', true],
      ['summary', { Users: 1, Roles: 1, PoliciesQuota: 1500 }],
    ])
  },
)
