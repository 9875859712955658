import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, bytes, newKey, refused, rootArn, rootCredentials, type Serving, serve } from '../serving.ts'
import { type AuditRecord, journalText, recordsIn } from './read-records.ts'

/** What the journal holds of calls that real clients made. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const records = () => recordsIn(house.dataDir)

/** The record of the call that was answered (or refused) with this metadata. */
async function recordOf({
  $metadata,
}: {
  $metadata: { requestId?: string }
}): Promise<AuditRecord | undefined> {
  return (await records()).find(({ requestID }) => requestID === $metadata.requestId)
}

describe('the record of a call', () => {
  test('is there under the request id that the client was told, in the form of CloudTrail', async () => {
    const { arn } = await newKey(house.root)
    const answer = await house.root.kms.encrypt({
      KeyId: arn,
      Plaintext: bytes('hush'),
      EncryptionContext: { Tenant: 'blue' },
    })
    expect(await recordOf(answer)).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'Root',
        principalId: account,
        arn: rootArn,
        accountId: account,
        accessKeyId: rootCredentials.accessKeyId,
      },
      eventTime: '2026-11-23T12:00:00Z',
      eventSource: 'kms.amazonaws.com',
      eventName: 'Encrypt',
      awsRegion: 'us-east-1',
      sourceIPAddress: '127.0.0.1',
      userAgent: expect.stringContaining('aws-sdk-js/'),
      requestParameters: {
        keyId: arn,
        encryptionContext: { Tenant: 'blue' },
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      },
      responseElements: null,
      additionalEventData: {
        decision: {
          outcome: 'Allow',
          layer: 'key-policy',
          statements: [{ layer: 'key-policy', sid: 'Enable IAM User Permissions', index: 0 }],
        },
      },
      requestID: answer.$metadata.requestId,
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      readOnly: true,
      resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arn }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    })
  })

  test('of a new key says with which settings it was made, defaults written out', async () => {
    const answer = await house.root.kms.createKey({
      Description: 'orders',
      Tags: [{ TagKey: 'a', TagValue: 'b' }],
    })
    const record = await recordOf(answer)
    expect(record).toMatchObject({
      readOnly: false,
      requestParameters: {
        description: 'orders',
        keyUsage: 'ENCRYPT_DECRYPT',
        keySpec: 'SYMMETRIC_DEFAULT',
        customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        origin: 'AWS_KMS',
        multiRegion: false,
        bypassPolicyLockoutSafetyCheck: false,
        tags: [{ tagKey: 'a', tagValue: 'b' }],
      },
      responseElements: {
        keyMetadata: {
          aWSAccountId: account,
          keyId: answer.KeyMetadata?.KeyId,
          creationDate: 'Nov 23, 2026, 12:00:00 PM',
          enabled: true,
        },
      },
    })
  })

  test('of a change has the ARN of the key, and of a grant its id and never its token', async () => {
    const { id, arn } = await newKey(house.root)
    expect(await recordOf(await house.root.kms.disableKey({ KeyId: id }))).toMatchObject({
      requestParameters: { keyId: id },
      responseElements: { keyId: arn },
    })
    await house.root.kms.enableKey({ KeyId: id })
    const alice = await house.user('alice')
    const grant = await house.root.kms.createGrant({
      KeyId: id,
      GranteePrincipal: alice.arn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
    })
    expect(await recordOf(grant)).toMatchObject({
      requestParameters: {
        keyId: id,
        granteePrincipal: alice.arn,
        operations: ['Decrypt'],
        constraints: { encryptionContextSubset: { tenant: 'blue' } },
      },
      responseElements: { grantId: grant.GrantId, keyId: arn },
    })
    expect(await journalText(house.dataDir)).not.toContain(grant.GrantToken)
  })

  test('of an alias operation names the alias and the key as resources', async () => {
    const { id, arn } = await newKey(house.root)
    const answer = await house.root.kms.createAlias({ AliasName: 'alias/recorded', TargetKeyId: id })
    expect(await recordOf(answer)).toMatchObject({
      requestParameters: { aliasName: 'alias/recorded', targetKeyId: id },
      responseElements: { keyId: arn },
      resources: [{ ARN: arn }, { ARN: `arn:aws:kms:us-east-1:${account}:alias/recorded` }],
    })
  })

  test('of a denial says what the caller read, and beside it which layer decided', async () => {
    const { arn } = await newKey(house.root)
    const bob = await house.user('bob')
    const error = await bob.kms.describeKey({ KeyId: arn }).catch((thrown) => thrown)
    expect(await recordOf(error)).toMatchObject({
      userIdentity: { type: 'IAMUser', userName: 'bob', principalId: bob.userId, arn: bob.arn },
      errorCode: 'AccessDenied',
      errorMessage: error.message,
      responseElements: null,
      additionalEventData: {
        decision: { outcome: 'ImplicitDeny', layer: 'identity-policy', statements: [] },
      },
    })
  })

  test('of a request that fails later says why, with what was asked', async () => {
    const { id, arn } = await newKey(house.root)
    await house.root.kms.disableKey({ KeyId: id })
    const error = await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('x') }).catch((thrown) => thrown)
    expect(await recordOf(error)).toMatchObject({
      errorCode: 'DisabledException',
      errorMessage: `${arn} is disabled.`,
      requestParameters: { keyId: id },
      resources: [{ ARN: arn }],
    })
  })

  test('of a new credential has its id and not its secret', async () => {
    await house.root.iam.createUser({ UserName: 'carol' })
    const answer = await house.root.iam.createAccessKey({ UserName: 'carol' })
    expect(await recordOf(answer)).toMatchObject({
      eventSource: 'iam.amazonaws.com',
      responseElements: { accessKey: { accessKeyId: answer.AccessKey?.AccessKeyId, userName: 'carol' } },
    })
    expect(await journalText(house.dataDir)).not.toContain(answer.AccessKey?.SecretAccessKey)
  })

  test('of a key that was deleted by the clock is the service’s own', async () => {
    const { id, arn } = await newKey(house.root)
    await house.root.kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    house.clock.advance(7 * 86_400_000)
    await refused(house.root.kms.describeKey({ KeyId: id }), 'NotFoundException')
    const record = (await records()).find(({ eventName }) => eventName === 'DeleteKey')
    expect(record).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
      responseElements: { keyId: arn },
    })
  })
})

test('nothing that was handed in as a secret, and nothing secret that came out, is ever in the journal', async () => {
  const { id } = await newKey(house.root)
  const secrets = new Set<string>()
  const remember = (blob: Uint8Array | undefined) => {
    const buffer = Buffer.from(blob ?? [])
    if (buffer.length < 8) return
    for (const form of ['base64', 'base64url', 'hex', 'latin1'] as const) secrets.add(buffer.toString(form))
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 200 }), async (plaintext) => {
      remember(plaintext)
      const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: plaintext })
      remember(CiphertextBlob)
      remember((await house.root.kms.decrypt({ CiphertextBlob })).Plaintext)
      const dataKey = await house.root.kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' })
      remember(dataKey.Plaintext)
      remember(dataKey.CiphertextBlob)
      remember((await house.root.kms.generateRandom({ NumberOfBytes: 32 })).Plaintext)
      const changed = Uint8Array.from(CiphertextBlob ?? [])
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
      await refused(house.root.kms.decrypt({ CiphertextBlob: changed }), 'InvalidCiphertextException')
      remember(changed)
    }),
    { numRuns: 20 },
  )
  const text = await journalText(house.dataDir)
  expect([...secrets].filter((secret) => text.includes(secret))).toEqual([])
  expect(text).not.toContain(rootCredentials.secretAccessKey)
})
