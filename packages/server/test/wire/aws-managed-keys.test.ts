import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { type AuditRecord, recordsIn } from '../audit/read-records.ts'
import { quotasFile } from '../quotas/quotas-file.ts'
import {
  account,
  bytes,
  daysMs,
  denial,
  keyPolicy,
  newKey,
  noKeyPolicy,
  type Person,
  refused,
  rootArn,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

interface Answer {
  readonly KeyId: string
  readonly KeyMetadata: { readonly Arn: string }
  readonly CiphertextBlob: Uint8Array
  readonly Plaintext: Uint8Array
  readonly GrantId: string
}

/** A call of somebody's that comes through a service: in the same process, since nobody else can say so. */
async function through(
  via: string,
  who: Person,
  operation: string,
  input: object,
  region = 'us-east-1',
): Promise<Answer> {
  const holder = await house.claviger.catalog.principals.holder(who.credentials.accessKeyId)
  if (holder === undefined) throw new Error('they have an access key')
  const call: Call = {
    caller: { ...holder.caller, via },
    service: 'kms',
    region,
    now: house.clock.now(),
    requestId: `${operation} through ${via}`,
    connection: {
      sourceIp: '192.0.2.7',
      userAgent: 'service/1',
      referer: 'https://example.com/',
      host: 'kms',
      tls: { version: 'TLSv1.3', cipherSuite: 'TLS_AES_256_GCM_SHA384' },
    },
  }
  return house.claviger.service.call(call, operation, () => input) as Promise<Answer>
}

const regional = (service: string) => `${service}.us-east-1.amazonaws.com`
const s3 = regional('s3')
const s3DataKey = { KeyId: 'alias/aws/s3', KeySpec: 'AES_256' }

const aliasNames = async () => ((await house.root.kms.listAliases({})).Aliases ?? []).map((a) => a.AliasName)

describe('the key of a service', () => {
  test('is made when the service first calls for somebody, and can be looked at by the account', async () => {
    const { kms } = house.root
    const made = house.clock.now()
    const { KeyId } = await through(s3, house.root, 'GenerateDataKey', s3DataKey)
    const { KeyMetadata } = await kms.describeKey({ KeyId: 'alias/aws/s3' })
    expect(KeyMetadata).toMatchObject({
      Arn: KeyId,
      AWSAccountId: account,
      KeyManager: 'AWS',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      Origin: 'AWS_KMS',
      MultiRegion: false,
      CreationDate: new Date(made),
      Description: 'Default key that protects my S3 objects when no other key is defined',
    })
    expect((await kms.listAliases({ KeyId })).Aliases).toEqual([
      {
        AliasName: 'alias/aws/s3',
        AliasArn: `arn:aws:kms:us-east-1:${account}:alias/aws/s3`,
        TargetKeyId: KeyMetadata?.KeyId,
        CreationDate: new Date(made),
        LastUpdatedDate: new Date(made),
      },
    ])
    expect((await kms.listKeys({})).Keys).toContainEqual({ KeyId: KeyMetadata?.KeyId, KeyArn: KeyId })
    expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([])
    const { Policy } = await kms.getKeyPolicy({ KeyId })
    expect(JSON.parse(String(Policy))).toEqual({
      Version: '2012-10-17',
      Id: 'auto-s3-2',
      Statement: [
        {
          Sid: 'Allow access through S3 for all principals in the account that are authorized to use S3',
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
          Resource: '*',
          Condition: { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': s3 } },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: rootArn },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
          Resource: '*',
        },
      ],
    })
  })

  test('serves everybody in the account through that service, and nobody in any other way', async () => {
    const alice = await house.user('alice')
    const sealed = await through(s3, alice, 'GenerateDataKey', s3DataKey)
    const { CiphertextBlob, KeyId } = sealed
    const opened = await through(s3, house.root, 'Decrypt', { CiphertextBlob })
    expect(Buffer.from(opened.Plaintext)).toEqual(Buffer.from(sealed.Plaintext))

    for (const via of [
      regional('sns'),
      's3.eu-west-1.amazonaws.com',
      's3.amazonaws.com',
      'backup.internal',
    ]) {
      await refused(through(via, alice, 'Decrypt', { CiphertextBlob }), 'AccessDeniedException')
    }
    const message = (who: Person, action: string) => denial(who, action, KeyId, noKeyPolicy(action))
    for (const who of [alice, house.root]) {
      const calls = {
        'kms:Decrypt': who.kms.decrypt({ CiphertextBlob, KeyId }),
        'kms:GenerateDataKey': who.kms.generateDataKey({ KeyId: 'alias/aws/s3', KeySpec: 'AES_256' }),
      }
      for (const [action, call] of Object.entries(calls)) {
        await refused(call, 'AccessDeniedException', message(who, action))
      }
    }
  })

  test('is one in each Region, under one alias there', async () => {
    const here = await through(s3, house.root, 'GenerateDataKey', s3DataKey)
    const again = await through(s3, house.root, 'Encrypt', { KeyId: 'alias/aws/s3', Plaintext: bytes('a') })
    expect(again.KeyId).toBe(here.KeyId)
    const frankfurt = 'eu-central-1'
    const via = `s3.${frankfurt}.amazonaws.com`
    const there = await through(via, house.root, 'GenerateDataKey', s3DataKey, frankfurt)
    expect(there.KeyId).toMatch(/^arn:aws:kms:eu-central-1:/)
    expect(there.KeyId.split('/')[1]).not.toBe(here.KeyId.split('/')[1])
  })

  test('is one even if many ask at once', async () => {
    const input = { KeyId: 'alias/aws/kafka', KeySpec: 'AES_256' }
    const calls = Array.from({ length: 8 }, () =>
      through(regional('kafka'), house.root, 'GenerateDataKey', input),
    )
    const ids = (await Promise.all(calls)).map(({ KeyId }) => KeyId)
    expect(new Set(ids).size).toBe(1)
    const isMaking = (record: AuditRecord) =>
      record.eventName === 'CreateKey' && JSON.stringify(record).includes(String(ids[0]))
    expect((await recordsIn(house.dataDir)).filter(isMaking)).toHaveLength(1)
  })

  test('may be a service’s under another name than it calls by: volumes of EBS come through EC2', async () => {
    await refused(
      through(regional('ebs'), house.root, 'DescribeKey', { KeyId: 'alias/aws/ebs2' }),
      'NotFoundException',
    )
    const input = { KeyId: 'alias/aws/ebs' }
    const { KeyMetadata } = await through(regional('ec2'), house.root, 'DescribeKey', input)
    const { Policy } = await house.root.kms.getKeyPolicy({ KeyId: KeyMetadata.Arn })
    expect(Policy).toContain('"kms:ViaService" : "ec2.us-east-1.amazonaws.com"')
    await refused(
      through(regional('ec2'), house.root, 'DescribeKey', { KeyId: 'alias/aws/ec2' }),
      'NotFoundException',
    )
  })

  test('can be that of a service of which AWS has published nothing', async () => {
    const input = { KeyId: 'alias/aws/vault-of-mine', KeySpec: 'AES_256' }
    const { KeyId } = await through(regional('vault-of-mine'), house.root, 'GenerateDataKey', input)
    const { Policy } = await house.root.kms.getKeyPolicy({ KeyId })
    expect(JSON.parse(String(Policy))).toMatchObject({ Id: 'auto-vault-of-mine-1' })
  })

  test('is rotated every year, and opens what was sealed before', async () => {
    const { CiphertextBlob, KeyId } = await through(s3, house.root, 'GenerateDataKey', s3DataKey)
    const material = async () =>
      (await house.root.kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId
    const first = await material()
    house.clock.advance(daysMs(364))
    expect(await material()).toBe(first)
    house.clock.advance(daysMs(1))
    expect(await material()).not.toBe(first)
    expect((await through(s3, house.root, 'Decrypt', { CiphertextBlob })).KeyId).toBe(KeyId)
  })

  test('opens what was sealed under it after a restart', async () => {
    const { CiphertextBlob } = await through(s3, house.root, 'Encrypt', {
      KeyId: 'alias/aws/s3',
      Plaintext: bytes('kept'),
    })
    await house.restart()
    const { Plaintext } = await through(s3, house.root, 'Decrypt', { CiphertextBlob })
    expect(Buffer.from(Plaintext).toString()).toBe('kept')
  })
})

describe('before its first use, the key of a service', () => {
  test('is made for whoever may ask what it is, under an alias that AWS has set aside', async () => {
    const reader = await house.user('reader', 'kms:DescribeKey')
    expect(await aliasNames()).not.toContain('alias/aws/ssm')
    const { KeyMetadata } = await reader.kms.describeKey({ KeyId: 'alias/aws/ssm' })
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' })
    expect(await aliasNames()).toContain('alias/aws/ssm')
  })

  test('is not made by a call that is refused, a dry run, or any other call that names it', async () => {
    const nobody = await house.user('nobody')
    const before = await aliasNames()
    await refused(nobody.kms.describeKey({ KeyId: 'alias/aws/rds' }), 'AccessDeniedException')
    await refused(
      through(regional('sns'), nobody, 'Encrypt', { KeyId: 'alias/aws/sns', Plaintext: bytes('a') }),
      'AccessDeniedException',
    )
    await refused(
      through(regional('rds'), nobody, 'GenerateDataKey', {
        ...s3DataKey,
        KeyId: 'alias/aws/rds',
        DryRun: true,
      }),
      'DryRunOperationException',
    )
    for (const KeyId of ['alias/aws/rds', 'alias/aws/unheard-of', 'alias/aws/', 'alias/aws/a/b']) {
      await refused(house.root.kms.encrypt({ KeyId, Plaintext: bytes('a') }), 'NotFoundException')
      await refused(through(s3, house.root, 'Encrypt', { KeyId, Plaintext: bytes('a') }), 'NotFoundException')
    }
    await refused(house.root.kms.describeKey({ KeyId: 'alias/aws/unheard-of' }), 'NotFoundException')
    expect(await aliasNames()).toEqual(before)
  })
})

describe('a key that AWS manages', () => {
  let KeyId: string
  let aliasArn: string
  beforeAll(async () => {
    KeyId = (await through(s3, house.root, 'GenerateDataKey', s3DataKey)).KeyId
    aliasArn = `arn:aws:kms:us-east-1:${account}:alias/mine`
  })

  test('cannot be changed by anybody, the root user neither', async () => {
    const { kms } = house.root
    const Tags = [{ TagKey: 'a', TagValue: 'b' }]
    const calls: readonly [action: string, call: Promise<unknown>][] = [
      ['PutKeyPolicy', kms.putKeyPolicy({ KeyId, Policy: keyPolicy() })],
      ['EnableKey', kms.enableKey({ KeyId })],
      ['DisableKey', kms.disableKey({ KeyId })],
      ['ScheduleKeyDeletion', kms.scheduleKeyDeletion({ KeyId })],
      ['CancelKeyDeletion', kms.cancelKeyDeletion({ KeyId })],
      ['TagResource', kms.tagResource({ KeyId, Tags })],
      ['UntagResource', kms.untagResource({ KeyId, TagKeys: ['a'] })],
      ['UpdateKeyDescription', kms.updateKeyDescription({ KeyId, Description: 'mine' })],
      ['CreateAlias', kms.createAlias({ AliasName: 'alias/mine', TargetKeyId: KeyId })],
      ['Encrypt', kms.encrypt({ KeyId, Plaintext: bytes('a') })],
      ['CreateGrant', kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt'] })],
    ]
    for (const [operation, call] of calls) {
      const action = `kms:${operation}`
      await refused(call, 'AccessDeniedException', denial(house.root, action, KeyId, noKeyPolicy(action)))
    }
    await refused(kms.describeKey({ KeyId: aliasArn }), 'NotFoundException')
    const { KeyMetadata } = await kms.describeKey({ KeyId })
    expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', KeyManager: 'AWS' })
  })

  test('keeps its alias, which nobody can move, take away or take over', async () => {
    const { kms } = house.root
    const own = await newKey(house.root)
    for (const AliasName of ['alias/aws/s3', 'alias/aws/mine']) {
      await refused(kms.createAlias({ AliasName, TargetKeyId: own.id }), 'NotAuthorizedException')
      await refused(kms.updateAlias({ AliasName, TargetKeyId: own.id }), 'NotAuthorizedException')
      await refused(kms.deleteAlias({ AliasName }), 'NotAuthorizedException')
    }
    await kms.createAlias({ AliasName: 'alias/own', TargetKeyId: own.id })
    await refused(
      kms.updateAlias({ AliasName: 'alias/own', TargetKeyId: KeyId }),
      'AccessDeniedException',
      denial(house.root, 'kms:UpdateAlias', KeyId, noKeyPolicy('kms:UpdateAlias')),
    )
  })

  test('is not changed through its service either', async () => {
    for (const [operation, input] of [
      ['DisableKey', {}],
      ['ScheduleKeyDeletion', { PendingWindowInDays: 7 }],
      ['PutKeyPolicy', { Policy: keyPolicy(), PolicyName: 'default' }],
    ] as const) {
      await refused(through(s3, house.root, operation, { KeyId, ...input }), 'AccessDeniedException')
    }
  })
})

describe('a service that calls for somebody', () => {
  const allowed = (condition: object) => ({
    Sid: 'Through',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['kms:Encrypt', 'kms:CreateGrant'],
    Condition: condition,
  })
  const attempt = (who: Person, KeyId: string) =>
    through(s3, who, 'Encrypt', { KeyId, Plaintext: bytes('a') })

  test.each([
    ['kms:ViaService', s3],
    ['kms:CallerAccount', account],
    ['aws:ViaAWSService', 'true'],
    ['aws:CalledViaFirst', 's3.amazonaws.com'],
    ['aws:CalledViaLast', 's3.amazonaws.com'],
    ['aws:UserAgent', 's3.amazonaws.com'],
  ])('is what a policy sees in %s', async (name, value) => {
    const bob = await house.user(`bob-${name.replace(':', '-')}`)
    const { id } = await newKey(house.root, {
      Policy: keyPolicy(allowed({ StringEquals: { [name]: value } })),
    })
    await attempt(bob, id)
    if (name !== 'kms:CallerAccount') {
      await refused(bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    }
  })

  test('is in the list of aws:CalledVia, and hides where the principal is', async () => {
    const carol = await house.user('carol')
    const conditions = {
      'ForAnyValue:StringEquals': { 'aws:CalledVia': 's3.amazonaws.com' },
      Null: { 'aws:SourceIp': 'true', 'aws:referer': 'true' },
    }
    const { id } = await newKey(house.root, { Policy: keyPolicy(allowed(conditions)) })
    await attempt(carol, id)
  })

  test('wants grants for what it keeps: kms:GrantIsForAWSResource', async () => {
    const dave = await house.user('dave')
    const policy = keyPolicy(allowed({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }))
    const { id } = await newKey(house.root, { Policy: policy })
    const grant = { KeyId: id, GranteePrincipal: dave.arn, Operations: ['Decrypt' as const] }
    await refused(dave.kms.createGrant(grant), 'AccessDeniedException')
    expect((await through(s3, dave, 'CreateGrant', grant)).GrantId).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is recorded as AWS does: who invoked it, and nothing of the connection', async () => {
    const erin = await house.user('erin', 'kms:*')
    const { id, arn } = await newKey(house.root)
    await attempt(erin, id)
    const [record] = (await recordsIn(house.dataDir)).filter(
      ({ userIdentity }) => (userIdentity as { userName?: string }).userName === 'erin',
    )
    expect(record).toMatchObject({
      eventName: 'Encrypt',
      eventType: 'AwsApiCall',
      userIdentity: { type: 'IAMUser', arn: erin.arn, invokedBy: 's3.amazonaws.com' },
      sourceIPAddress: 's3.amazonaws.com',
      userAgent: 's3.amazonaws.com',
      resources: [{ ARN: arn }],
    })
    expect(record).not.toHaveProperty('tlsDetails')
  })

  test('and nobody else can say that they are one: no header makes a caller one', async () => {
    const mallory = await house.user('mallory')
    const { id } = await newKey(house.root, {
      Policy: keyPolicy(allowed({ StringEquals: { 'kms:ViaService': s3 } })),
    })
    const names = [
      'Via',
      'X-Amz-Via-Service',
      'X-Amz-ViaService',
      'X-Amz-Source-Service',
      'X-Amz-Source-Arn',
      'X-Amz-Source-Account',
      'X-Amz-Invoked-By',
      'X-Amz-Forwarded-For',
      'kms-ViaService',
      'aws-ViaAWSService',
      'X-Amz-Security-Context',
    ]
    mallory.kms.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> }
        for (const name of names) headers[name] = s3
        return next(args)
      },
      { step: 'build' },
    )
    await refused(mallory.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    await through(s3, mallory, 'Encrypt', { KeyId: id, Plaintext: bytes('a') })
  })
})

describe('where there are quotas, a key that AWS manages', () => {
  beforeAll(async () => {
    await house.close()
    const requests = 'requests: {Cryptographic operations (symmetric): 1}'
    const quotas = await quotasFile(`${requests}\nresources: {keys: 1, grantsPerKey: 1}`)
    house = await serve({ quotas: quotas.path })
    await quotas.remove()
  })

  test('counts as no key of the account’s, and has room for any number of grants', async () => {
    const rds = regional('rds')
    const { KeyMetadata } = await through(rds, house.root, 'DescribeKey', { KeyId: 'alias/aws/rds' })
    await newKey(house.root)
    await refused(house.root.kms.createKey({}), 'LimitExceededException')
    const grant = { KeyId: KeyMetadata.Arn, GranteePrincipal: rootArn, Operations: ['Decrypt'] }
    for (let count = 0; count < 3; count += 1) await through(rds, house.root, 'CreateGrant', grant)
  })

  test('is counted when it is used, and once when that makes it', async () => {
    await through(s3, house.root, 'GenerateDataKey', s3DataKey)
    await refused(through(s3, house.root, 'GenerateDataKey', s3DataKey), 'ThrottlingException')
    const snsDataKey = { ...s3DataKey, KeyId: 'alias/aws/sns' }
    await refused(through(regional('sns'), house.root, 'GenerateDataKey', snsDataKey), 'ThrottlingException')
    expect(await aliasNames()).not.toContain('alias/aws/sns')
  })
})
