import { expect } from 'vitest'
import { account, allow } from '../serving.ts'
import { awsCli, deskOf, type Shell, text } from './aws-cli.ts'
import { session } from './client.ts'

const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })

/** A user's access key, as a profile that a credentials file may have. */
async function profileOf(root: Shell, name: string): Promise<string> {
  const made = ['iam', 'create-access-key', '--user-name', name]
  const printed = await root.says(...made, ...text('AccessKey.[AccessKeyId,SecretAccessKey]'))
  const [id, secret] = printed.split('\t')
  return `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nregion = us-east-1\n`
}

await session(
  awsCli,
  'with the AWS CLI a user may what a managed policy, a group and a boundary leave, version by version',
  async (program) => {
    const { root, file, as } = await deskOf(program)
    const keyId = await root.says('kms', 'create-key', ...text('KeyMetadata.KeyId'))
    await root.says('iam', 'create-user', '--user-name', 'carol')
    const carol = as(await file('carol', await profileOf(root, 'carol')), 'carol')
    const describe = ['kms', 'describe-key', '--key-id', keyId, ...text('KeyMetadata.KeyState')]
    const refusal = (action: string, reason: string) =>
      `is not authorized to perform: ${action} on resource: arn:aws:kms:us-east-1:${account}:key/${keyId} because ${reason}`
    const unallowed = refusal('kms:DescribeKey', 'no identity-based policy allows the kms:DescribeKey action')

    // A policy of the account's own, for a group, for a user in it.
    const reading = await file('reading.json', allow(['kms:DescribeKey'], { on: '*' }))
    const create = ['iam', 'create-policy', '--policy-name', 'Reading', '--policy-document']
    const policyArn = await root.says(...create, `file://${reading}`, ...text('Policy.Arn'))
    expect(policyArn).toBe(`arn:aws:iam::${account}:policy/Reading`)
    const policy = ['--policy-arn', policyArn]
    await root.says('iam', 'create-group', '--group-name', 'readers')
    await root.says('iam', 'attach-group-policy', '--group-name', 'readers', ...policy)
    expect(await carol.fails(...describe)).toContain(unallowed)
    await root.says('iam', 'add-user-to-group', '--group-name', 'readers', '--user-name', 'carol')
    expect(await carol.says(...describe)).toBe('Enabled')

    // Another version of it, and back.
    const nothing = await file('nothing.json', allow(['kms:ListKeys'], { on: '*' }))
    const version = ['iam', 'create-policy-version', ...policy, '--policy-document', `file://${nothing}`]
    await root.says(...version, '--set-as-default')
    expect(await carol.fails(...describe)).toContain(unallowed)
    await root.says('iam', 'set-default-policy-version', ...policy, '--version-id', 'v1')
    expect(await carol.says(...describe)).toBe('Enabled')

    // One that AWS manages, under a boundary.
    const power = ['--policy-arn', 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser']
    await root.says('iam', 'attach-user-policy', '--user-name', 'carol', ...power)
    await carol.says('kms', 'create-key')
    const boundary = ['--user-name', 'carol', '--permissions-boundary', policyArn]
    await root.says('iam', 'put-user-permissions-boundary', ...boundary)
    expect(await carol.fails('kms', 'create-key')).toContain(
      'because no permissions boundary allows the kms:CreateKey action',
    )
    expect(await carol.says(...describe)).toBe('Enabled')

    // What is in use cannot be deleted.
    expect(await root.fails('iam', 'delete-policy', ...policy)).toMatch(
      /^An error occurred \(DeleteConflict\) when calling the DeletePolicy operation/,
    )
    const attached = ['iam', 'list-attached-user-policies', '--user-name', 'carol']
    expect(await root.says(...attached, ...text('AttachedPolicies[].PolicyName'))).toBe(
      'AWSKeyManagementServicePowerUser',
    )
  },
)

await session(
  awsCli,
  'with the AWS CLI a role is made, given policies, read back and taken apart',
  async (program) => {
    const { root, file } = await deskOf(program)
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const trust = await file('trust.json', document(statement))
    const role = ['--role-name', 'app']
    const create = ['iam', 'create-role', ...role, '--assume-role-policy-document', `file://${trust}`]
    expect(await root.says(...create, '--tags', 'Key=team,Value=blue', ...text('Role.Arn'))).toBe(
      `arn:aws:iam::${account}:role/app`,
    )
    expect(await root.shows('iam', 'get-role', ...role)).toMatchObject({
      Role: {
        AssumeRolePolicyDocument: JSON.parse(document(statement)),
        MaxSessionDuration: 3600,
        Tags: [{ Key: 'team', Value: 'blue' }],
      },
    })
    const inline = await file('inline.json', allow(['kms:Decrypt'], { on: '*' }))
    const named = [...role, '--policy-name', 'opening']
    await root.says('iam', 'put-role-policy', ...named, '--policy-document', `file://${inline}`)
    expect(await root.says('iam', 'list-role-policies', ...role, ...text('PolicyNames'))).toBe('opening')

    // A key policy may name the role; nobody may name one that is not there.
    const naming = (name: string) =>
      document({
        Effect: 'Allow',
        Principal: { AWS: [`arn:aws:iam::${account}:root`, `arn:aws:iam::${account}:role/${name}`] },
        Action: 'kms:*',
        Resource: '*',
      })
    await root.says('kms', 'create-key', '--policy', naming('app'))
    expect(await root.fails('kms', 'create-key', '--policy', naming('nobody'))).toMatch(
      /^An error occurred \(MalformedPolicyDocumentException\) when calling the CreateKey operation/,
    )

    expect(await root.fails('iam', 'delete-role', ...role)).toMatch(
      /^An error occurred \(DeleteConflict\) when calling the DeleteRole operation/,
    )
    await root.says('iam', 'delete-role-policy', ...named)
    await root.says('iam', 'delete-role', ...role)
    expect(await root.fails('iam', 'get-role', ...role)).toBe(
      'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name app cannot be found.',
    )
  },
)
