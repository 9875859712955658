import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { account, allow, keyPolicy } from '../serving.ts'
import { awsCli, deskOf, text } from './aws-cli.ts'
import { session } from './client.ts'

await session(
  awsCli,
  'with the AWS CLI a key is made, used, refused, allowed and granted',
  async (program) => {
    const { root, credentials, as, file } = await deskOf(program)

    expect(await root.says('sts', 'get-caller-identity', ...text('Arn'))).toBe(`arn:aws:iam::${account}:root`)

    // A key with a policy from a file, and a name for it.
    const policy = await file('policy.json', keyPolicy())
    const create = [
      'kms',
      'create-key',
      '--policy',
      `file://${policy}`,
      '--tags',
      'TagKey=team,TagValue=blue',
    ]
    const keyArn = await root.says(...create, ...text('KeyMetadata.Arn'))
    expect(
      await root.says('kms', 'create-alias', '--alias-name', 'alias/letters', '--target-key-id', keyArn),
    ).toBe('')
    const shown = await root.says('kms', 'describe-key', '--key-id', 'alias/letters', '--output', 'json')
    expect(JSON.parse(shown).KeyMetadata).toMatchObject({
      Arn: keyArn,
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
    })
    expect(
      await root.says(
        'kms',
        'get-key-policy',
        '--key-id',
        keyArn,
        '--policy-name',
        'default',
        ...text('Policy'),
      ),
    ).toBe(keyPolicy())

    // Bytes go in as files, with fileb://, and come out as base64: so in version 1 of the CLI as in version 2.
    const letter = await file('letter', 'meet me at noon')
    const encrypt = ['kms', 'encrypt', '--key-id', 'alias/letters', '--plaintext', `fileb://${letter}`]
    const context = ['--encryption-context', 'tenant=blue,stage=test']
    const blob = await root.says(...encrypt, ...context, ...text('CiphertextBlob'))
    const sealed = await file('letter.sealed', Buffer.from(blob, 'base64'))
    const decrypt = ['kms', 'decrypt', '--ciphertext-blob', `fileb://${sealed}`]
    const opened = await root.says(...decrypt, ...context, ...text('Plaintext'))
    expect(Buffer.from(opened, 'base64').toString()).toBe('meet me at noon')
    expect(await root.fails(...decrypt, '--encryption-context', 'tenant=red')).toMatch(
      /^An error occurred \(InvalidCiphertextException\) when calling the Decrypt operation/,
    )
    expect(await root.fails('kms', 'describe-key', '--key-id', 'alias/nobody')).toBe(
      `An error occurred (NotFoundException) when calling the DescribeKey operation: Alias arn:aws:kms:us-east-1:${account}:alias/nobody is not found.`,
    )

    // A second user: refused, then allowed by an identity policy.
    const bobArn = await root.says('iam', 'create-user', '--user-name', 'bob', ...text('User.Arn'))
    const made = await root.says('iam', 'create-access-key', '--user-name', 'bob', '--output', 'json')
    const { AccessKeyId, SecretAccessKey } = JSON.parse(made).AccessKey as Record<string, string>
    const more = `[bob]\naws_access_key_id = ${AccessKeyId}\naws_secret_access_key = ${SecretAccessKey}\nregion = us-east-1\n`
    const both = await file('credentials', `${await readFile(credentials, 'utf8')}${more}`)
    const bob = as(both, 'bob')
    expect(await bob.says('sts', 'get-caller-identity', ...text('Arn'))).toBe(bobArn)
    const denied = (action: string, operation: string) =>
      `An error occurred (AccessDeniedException) when calling the ${operation} operation: User: ${bobArn} is not authorized to perform: ${action} on resource: ${keyArn} because no identity-based policy allows the ${action} action`
    expect(await bob.fails(...decrypt, ...context)).toBe(denied('kms:Decrypt', 'Decrypt'))
    const allowing = await file('allow.json', allow(['kms:Decrypt'], { on: keyArn }))
    const put = ['iam', 'put-user-policy', '--user-name', 'bob', '--policy-name', 'opening']
    await root.says(...put, '--policy-document', `file://${allowing}`)
    expect(await bob.says(...decrypt, ...context, ...text('Plaintext'))).toBe(opened)
    expect(await bob.fails(...encrypt)).toBe(denied('kms:Encrypt', 'Encrypt'))
    const shownPolicy = ['iam', 'get-user-policy', '--user-name', 'bob', '--policy-name', 'opening']
    expect(
      JSON.parse(await root.says(...shownPolicy, '--query', 'PolicyDocument', '--output', 'json')),
    ).toEqual(JSON.parse(allow(['kms:Decrypt'], { on: keyArn })))

    // A grant: given, used, listed and revoked.
    const grant = ['kms', 'create-grant', '--key-id', keyArn, '--grantee-principal', bobArn]
    const grantId = await root.says(...grant, '--operations', 'Encrypt', 'DescribeKey', ...text('GrantId'))
    await bob.says(...encrypt)
    const list = ['kms', 'list-grants', '--key-id', keyArn]
    expect(await root.says(...list, ...text('Grants[].GranteePrincipal'))).toBe(bobArn)
    await root.says('kms', 'revoke-grant', '--key-id', keyArn, '--grant-id', grantId)
    expect(await bob.fails(...encrypt)).toBe(denied('kms:Encrypt', 'Encrypt'))

    // Pages, which the CLI turns by itself, and the key's end.
    for (let count = 0; count < 4; count += 1) await root.says('kms', 'create-key')
    const keys = await root.says('kms', 'list-keys', '--page-size', '2', ...text('Keys[].KeyArn'))
    expect(keys.split(/\s+/)).toHaveLength(5)
    expect(
      await root.fails('kms', 'schedule-key-deletion', '--key-id', keyArn, '--pending-window-in-days', '3'),
    ).toBe(
      "An error occurred (ValidationException) when calling the ScheduleKeyDeletion operation: 1 validation error detected: Value '3' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 7",
    )
    await root.says('kms', 'schedule-key-deletion', '--key-id', keyArn, '--pending-window-in-days', '7')
    expect(await bob.fails(...decrypt, ...context)).toBe(
      `An error occurred (KMSInvalidStateException) when calling the Decrypt operation: ${keyArn} is pending deletion.`,
    )
    // What is not there says so.
    const password = ['iam', 'create-login-profile', '--user-name', 'bob', '--password', 'x']
    expect(await root.fails(...password)).toBe(
      'An error occurred (UnsupportedOperation) when calling the CreateLoginProfile operation: CreateLoginProfile is not supported.',
    )
  },
)
