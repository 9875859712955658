import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addService, listServices, removeService } from '../../src/index.ts'
import { recordsIn } from '../audit/read-records.ts'
import { changed, newService, present, signedFor, through, withHeaders } from '../services.ts'
import {
  account,
  answerOf,
  bytes,
  type Credentials,
  denial,
  foreignDenial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
  textOf,
  type User,
} from '../serving.ts'
import { presignedBySdk, sha256 } from '../signature/requests.ts'

const s3 = 's3.us-east-1.amazonaws.com'

let house: Serving
let store: Credentials
let alice: User
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
  store = await newService(house, s3)
  alice = await house.user('alice', 'kms:*', 'iam:*', 'sts:*')
})
afterAll(() => house.close())

/** A service's own client, which states for which resource it calls. */
function asService(credentials: Credentials, headers: Readonly<Record<string, string>> = {}) {
  return withHeaders(house.person('', credentials).kms, headers)
}

describe('a service', () => {
  const named = (name: string) => addService(house.dataDir, name)

  test('has a name that says where it is, or one of its own, and no name that is spoken for', async () => {
    for (const [name, reason] of [
      ['s3.amazonaws.com', /says no Region/],
      ['S3', /not the name of a service/],
      ['backup', /not the name of a service/],
      ['kms.us-east-1.amazonaws.com', /spoken here/],
      ['sts.eu-central-1.amazonaws.com', /spoken here/],
    ] as const) {
      expect(await named(name)).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) })
    }
    expect(await named('backup.internal')).toMatchObject({ kind: 'added' })
    expect(await removeService(house.dataDir, 'backup.internal')).toMatchObject({ kind: 'removed' })
  })

  test('has two credentials at most, and what is taken from it ends at once', async () => {
    const name = 'logs.us-east-1.amazonaws.com'
    const [first, second] = [await newService(house, name), await newService(house, name)]
    expect(await named(name)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('no service has more'),
    })
    const random = (credentials: Credentials) => asService(credentials).generateRandom({ NumberOfBytes: 1 })
    await refused(random(first), 'AccessDeniedException')
    expect(await removeService(house.dataDir, name, first.accessKeyId)).toEqual({
      kind: 'removed',
      accessKeyIds: [first.accessKeyId],
    })
    await refused(random(first), 'UnrecognizedClientException')
    await refused(random(second), 'AccessDeniedException')
    const listed = (await listServices(house.dataDir)).filter(({ service }) => service === name)
    expect(listed).toEqual([
      {
        service: name,
        accessKeyId: second.accessKeyId,
        createdAt: '2026-11-23T12:00:00.000Z',
        lastUsedAt: '2026-11-23T12:00:00.000Z',
      },
    ])
    expect(await removeService(house.dataDir, name)).toMatchObject({ kind: 'removed' })
    expect(await removeService(house.dataDir, name)).toEqual({
      kind: 'refused',
      reason: `there is no service ${name}`,
    })
  })

  test('is recorded when it comes and goes', async () => {
    const records = await recordsIn(house.dataDir)
    const events = records.filter(({ eventName }) => /^(Add|Remove)Service$/.test(String(eventName)))
    expect(events.slice(0, 3)).toMatchObject([
      { eventName: 'AddService', requestParameters: { service: s3, accessKeyId: store.accessKeyId } },
      { eventName: 'AddService', requestParameters: { service: 'backup.internal' } },
      { eventName: 'RemoveService', requestParameters: { service: 'backup.internal' } },
    ])
    expect(JSON.stringify(records)).not.toContain(store.secretAccessKey)
  })

  test('survives a restart, and its secret is nowhere in the clear', async () => {
    const key = await keyFor({ Principal: { Service: s3 }, Action: 'kms:DescribeKey' })
    await house.restart()
    expect((await asService(store).describeKey({ KeyId: key.arn })).KeyMetadata?.KeyId).toBe(key.id)
  })
})

/** A key with a statement beside the one that lets the account's root do everything. */
function keyFor(statement: object) {
  return newKey(house.root, { Policy: keyPolicy({ Effect: 'Allow', ...statement }) })
}

describe('a service that calls as itself', () => {
  const bucket = 'arn:aws:s3:::photos'
  const source = { 'x-amz-source-arn': bucket, 'x-amz-source-account': account }
  const dataKey = (KeyId: string) => ({ KeyId, KeySpec: 'AES_256' as const })

  test('may do what a key policy lets that service do, for the resource that the policy names', async () => {
    const key = await keyFor({
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'kms:GenerateDataKey',
      Condition: {
        StringEquals: { 'aws:SourceAccount': account, 'aws:PrincipalServiceName': 's3.amazonaws.com' },
        ArnLike: { 'aws:SourceArn': bucket },
        'ForAllValues:StringEquals': { 'aws:PrincipalServiceNamesList': ['s3.amazonaws.com', s3] },
        Bool: { 'aws:PrincipalIsAWSService': 'true', 'aws:ViaAWSService': 'false' },
        Null: { 'aws:PrincipalArn': 'true', 'kms:CallerAccount': 'true', 'kms:ViaService': 'true' },
      },
    })
    const { KeyId } = await asService(store, source).generateDataKey(dataKey(key.arn))
    expect(KeyId).toBe(key.arn)
    const who = { arn: 's3.amazonaws.com' }
    const noWay = foreignDenial(who, 'kms:GenerateDataKey')
    const other = { ...source, 'x-amz-source-account': '444455556666' }
    await refused(asService(store, other).generateDataKey(dataKey(key.arn)), 'AccessDeniedException', noWay)
    await refused(asService(store).generateDataKey(dataKey(key.arn)), 'AccessDeniedException', noWay)
    const ec2 = await newService(house, 'ec2.us-east-1.amazonaws.com')
    await refused(asService(ec2, source).generateDataKey(dataKey(key.arn)), 'AccessDeniedException')
  })

  test('states the account by an ARN that has one, and where its organization is', async () => {
    const { Organization } = await house.root.organizations.describeOrganization({})
    const key = await keyFor({
      Principal: { Service: s3 },
      Action: 'kms:DescribeKey',
      Condition: {
        StringEquals: { 'aws:SourceAccount': account, 'aws:SourceOrgID': String(Organization?.Id) },
        'ForAnyValue:StringLike': { 'aws:SourceOrgPaths': `${Organization?.Id}/*` },
      },
    })
    const topic = { 'x-amz-source-arn': `arn:aws:sns:us-east-1:${account}:topic` }
    expect((await asService(store, topic).describeKey({ KeyId: key.arn })).KeyMetadata?.Arn).toBe(key.arn)
    const foreign = { 'x-amz-source-arn': 'arn:aws:sns:us-east-1:444455556666:topic' }
    await refused(asService(store, foreign).describeKey({ KeyId: key.arn }), 'AccessDeniedException')
  })

  test('is told what of its statements cannot be', async () => {
    for (const headers of [
      { 'x-amz-source-arn': 'photos' },
      { 'x-amz-source-account': '1234' },
      { 'x-amz-source-account': account, 'x-amz-source-arn': 'arn:aws:sns:us-east-1:444455556666:topic' },
    ]) {
      await refused(asService(store, headers).generateRandom({ NumberOfBytes: 1 }), 'ValidationException')
    }
  })

  test('is the only one whose statements are heard: a user’s headers say nothing', async () => {
    const key = await keyFor({
      Principal: { AWS: alice.arn },
      Action: 'kms:GenerateDataKey',
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    })
    const bob = await house.user('bob')
    const bobsKey = await keyFor({
      Principal: { AWS: bob.arn },
      Action: 'kms:DescribeKey',
      Condition: { Null: { 'aws:SourceArn': 'true', 'aws:SourceAccount': 'true' } },
    })
    const bobs = withHeaders(house.person(bob.arn, bob.credentials).kms, source)
    await refused(bobs.generateDataKey(dataKey(key.arn)), 'AccessDeniedException')
    expect((await bobs.describeKey({ KeyId: bobsKey.arn })).KeyMetadata?.KeyId).toBe(bobsKey.id)
  })

  test('has no account: what is nobody’s key in particular is not for it', async () => {
    const person = house.person('', store)
    await refused(person.kms.listKeys({}), 'AccessDeniedException')
    await refused(person.kms.createKey({}), 'AccessDeniedException')
    await refused(person.sts.getCallerIdentity({}), 'AccessDenied')
    await refused(person.iam.listUsers({}), 'AccessDenied')
  })

  test('is in the record as a service', async () => {
    const records = await recordsIn(house.dataDir)
    const mine = records.findLast(
      ({ eventName }) => eventName === 'GenerateDataKey' || eventName === 'DescribeKey',
    )
    const served = records.find(
      ({ eventName, sourceIPAddress }) =>
        eventName === 'GenerateDataKey' && sourceIPAddress === 's3.amazonaws.com',
    )
    expect(mine).toBeDefined()
    expect(served).toMatchObject({
      userIdentity: { type: 'AWSService', invokedBy: 's3.amazonaws.com' },
      userAgent: 's3.amazonaws.com',
      recipientAccountId: account,
    })
  })

  test('uses a grant to it for the resource of the grant alone, and gives it up', async () => {
    const key = await newKey(house.root)
    const context = { 'aws:ebs:id': 'vol-1' }
    const { CiphertextBlob } = await house.root.kms.encrypt({
      KeyId: key.id,
      Plaintext: bytes('volume'),
      EncryptionContext: context,
    })
    const volume = `arn:aws:ec2:us-east-1:${account}:volume/vol-1`
    const { GrantId } = await house.root.kms.createGrant({
      KeyId: key.id,
      GranteeServicePrincipal: 's3.amazonaws.com',
      RetiringServicePrincipal: 's3.amazonaws.com',
      Operations: ['Decrypt'],
      Constraints: { SourceArn: volume, EncryptionContextEquals: context },
    })
    const service = asService(store, { 'x-amz-source-arn': volume })
    const sealed = { CiphertextBlob, EncryptionContext: context }
    expect(textOf((await service.decrypt(sealed)).Plaintext)).toBe('volume')
    await refused(asService(store).decrypt(sealed), 'AccessDeniedException')
    const other = { 'x-amz-source-arn': volume.replace('vol-1', 'vol-2') }
    await refused(asService(store, other).decrypt(sealed), 'AccessDeniedException')

    const retirable = { RetiringServicePrincipal: 's3.amazonaws.com' }
    const { Grants } = await service.listRetirableGrants(retirable)
    expect(Grants?.map((grant) => grant.GrantId)).toEqual([GrantId])
    await refused(
      service.listRetirableGrants({ RetiringServicePrincipal: 'ec2.amazonaws.com' }),
      'AccessDeniedException',
    )
    await refused(house.root.kms.listRetirableGrants(retirable), 'ValidationException')
    await service.retireGrant({ KeyId: key.arn, GrantId })
    await refused(service.decrypt(sealed), 'AccessDeniedException')
  })
})

describe('a forward access session', () => {
  const plaintext = bytes('a cat')

  test('is the user, through the service, for five minutes', async () => {
    const { credentials, arn, account: of, expiration } = await present(house, store, signedFor(house, alice))
    expect({ arn, of, expiration }).toEqual({
      arn: alice.arn,
      of: account,
      expiration: '2026-11-23T12:05:00Z',
    })
    const identity = await answerOf(house.person('', credentials).sts.getCallerIdentity({}))
    expect(identity).toEqual({ Account: account, Arn: alice.arn, UserId: alice.userId })
  })

  test('is let in by kms:ViaService where the user alone is not, and the other way round', async () => {
    const viaS3 = await keyFor({
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt'],
      Condition: { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': s3 } },
    })
    const bob = await house.user('beate')
    const asBob = await through(house, store, bob)
    const { CiphertextBlob } = await asBob.kms.encrypt({ KeyId: viaS3.id, Plaintext: plaintext })
    expect(textOf((await asBob.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('a cat')
    await refused(
      bob.kms.decrypt({ CiphertextBlob }),
      'AccessDeniedException',
      denial(bob, 'kms:Decrypt', viaS3.arn, noIdentityPolicy('kms:Decrypt')),
    )
    const otherwise = await newService(house, 'backup.us-east-1.amazonaws.com')
    const throughBackup = await through(house, otherwise, bob, { service: 'backup' })
    await refused(throughBackup.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException')

    const directly = await keyFor({
      Principal: { AWS: bob.arn },
      Action: 'kms:Encrypt',
      Condition: { Bool: { 'aws:ViaAWSService': 'false' }, IpAddress: { 'aws:SourceIp': '127.0.0.1' } },
    })
    await bob.kms.encrypt({ KeyId: directly.id, Plaintext: plaintext })
    await refused(asBob.kms.encrypt({ KeyId: directly.id, Plaintext: plaintext }), 'AccessDeniedException')
  })

  test('has no permission but the user’s', async () => {
    const carol = await house.user('carol', 'kms:Encrypt')
    const key = await newKey(house.root)
    const asCarol = await through(house, store, carol)
    const { CiphertextBlob } = await asCarol.kms.encrypt({ KeyId: key.id, Plaintext: plaintext })
    await refused(asCarol.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException')
  })

  test('makes alias/aws/s3 on first use, which nobody else could', async () => {
    const spec = { KeyId: 'alias/aws/s3', KeySpec: 'AES_256' as const }
    await refused(alice.kms.generateDataKey(spec), 'NotFoundException')
    const asAlice = await through(house, store, alice)
    const { KeyId, CiphertextBlob } = await asAlice.kms.generateDataKey(spec)
    const { KeyMetadata } = await alice.kms.describeKey({ KeyId: 'alias/aws/s3' })
    expect(KeyMetadata).toMatchObject({ Arn: KeyId, KeyManager: 'AWS' })
    await refused(alice.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException')
  })

  test('may make the grants that are for AWS resources', async () => {
    const dave = await house.user('dave')
    const key = await keyFor({
      Principal: { AWS: dave.arn },
      Action: 'kms:CreateGrant',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    })
    const grant = { KeyId: key.id, GranteePrincipal: rootArn, Operations: ['Decrypt' as const] }
    await refused(dave.kms.createGrant(grant), 'AccessDeniedException')
    expect((await (await through(house, store, dave)).kms.createGrant(grant)).GrantId).toMatch(
      /^[0-9a-f]{64}$/,
    )
  })

  test('is recorded as the user’s deed, invoked by the service; and asking for it as the service’s', async () => {
    const asAlice = await through(house, store, alice)
    await asAlice.kms.generateRandom({ NumberOfBytes: 1 })
    const records = await recordsIn(house.dataDir)
    expect(records.findLast(({ eventName }) => eventName === 'GenerateRandom')).toMatchObject({
      userIdentity: { type: 'IAMUser', userName: 'alice', invokedBy: 's3.amazonaws.com' },
      sourceIPAddress: 's3.amazonaws.com',
    })
    const asking = records.findLast(({ eventName }) => eventName === 'GetForwardAccessSession')
    expect(asking).toMatchObject({
      userIdentity: { type: 'AWSService', invokedBy: 's3.amazonaws.com' },
      requestParameters: { method: 'GET', path: '/photos/cat.jpg' },
      additionalEventData: {
        forwardAccessSession: { arn: alice.arn, accessKeyId: alice.credentials.accessKeyId },
      },
    })
    const text = JSON.stringify(records)
    for (const secret of [
      asAlice.credentials.sessionToken,
      asAlice.credentials.secretAccessKey,
      'Signature=',
    ]) {
      expect(text).not.toContain(String(secret))
    }
  })

  test('carries the session of a role on: its limits, and its end', async () => {
    const { Role } = await house.root.iam.createRole({
      RoleName: 'Reader',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'sts:AssumeRole' }],
      }),
    })
    const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
    await house.root.iam.putRolePolicy({
      RoleName: 'Reader',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify(everything),
    })
    const onlyRandom = JSON.stringify(everything).replace('"Action":"*"', '"Action":"kms:GenerateRandom"')
    const { Credentials: given } = await alice.sts.assumeRole({
      RoleArn: String(Role?.Arn),
      RoleSessionName: 'session',
      Policy: onlyRandom,
      DurationSeconds: 900,
    })
    const session = house.person('', {
      accessKeyId: String(given?.AccessKeyId),
      secretAccessKey: String(given?.SecretAccessKey),
      sessionToken: String(given?.SessionToken),
    })
    const forwarded = await through(house, store, session)
    expect(forwarded.arn).toBe(`arn:aws:sts::${account}:assumed-role/Reader/session`)
    await forwarded.kms.generateRandom({ NumberOfBytes: 1 })
    await refused(forwarded.kms.listKeys({}), 'AccessDeniedException')
    await house.root.iam.deleteRolePolicy({ RoleName: 'Reader', PolicyName: 'all' })
    await refused(forwarded.kms.generateRandom({ NumberOfBytes: 1 }), 'AccessDeniedException')
    await house.root.iam.deleteRole({ RoleName: 'Reader' })
    await refused(forwarded.kms.generateRandom({ NumberOfBytes: 1 }), 'UnrecognizedClientException')
  })

  test('opens KMS and nothing else, whatever the user may do', async () => {
    const asAlice = await through(house, store, alice)
    await alice.iam.listUsers({})
    await refused(asAlice.iam.listUsers({}), 'AccessDenied')
    await refused(asAlice.sts.getSessionToken({}), 'AccessDenied')
    await refused(asAlice.iam.createAccessKey({ UserName: 'alice' }), 'AccessDenied')
  })

  test('ends after its time, with the user’s credentials and with the service’s', async () => {
    const erin = await house.user('erin', 'kms:GenerateRandom')
    const random = (who: { kms: typeof erin.kms }) => who.kms.generateRandom({ NumberOfBytes: 1 })
    const late = await through(house, store, erin)
    house.clock.advance(299_000)
    await random(late)
    house.clock.advance(1_000)
    await refused(random(late), 'ExpiredTokenException')

    const orphan = await through(house, store, erin)
    const key = { UserName: 'erin', AccessKeyId: erin.credentials.accessKeyId }
    await house.root.iam.updateAccessKey({ ...key, Status: 'Inactive' })
    await refused(random(orphan), 'UnrecognizedClientException')
    await house.root.iam.updateAccessKey({ ...key, Status: 'Active' })
    await random(orphan)

    const shortLived = await newService(house, 'sqs.us-east-1.amazonaws.com')
    const abandoned = await through(house, shortLived, erin, { service: 'sqs' })
    await random(abandoned)
    await removeService(house.dataDir, 'sqs.us-east-1.amazonaws.com')
    await refused(random(abandoned), 'UnrecognizedClientException')
  })

  test('is worth nothing with another’s key id, with another token or without', async () => {
    const one = await through(house, store, alice)
    const other = await through(house, store, alice)
    const { sessionToken = '' } = one.credentials
    const tampered = `${sessionToken.slice(0, -2)}${sessionToken.endsWith('AA') ? 'BB' : 'AA'}`
    for (const credentials of [
      { ...one.credentials, accessKeyId: other.credentials.accessKeyId },
      { ...one.credentials, accessKeyId: alice.credentials.accessKeyId },
      { ...one.credentials, sessionToken: tampered },
      { ...one.credentials, sessionToken: 'FAS.' },
      { accessKeyId: one.credentials.accessKeyId, secretAccessKey: one.credentials.secretAccessKey },
    ]) {
      await refused(house.person('', credentials).kms.generateRandom({}), 'UnrecognizedClientException')
    }
    const stolen = { ...one.credentials, secretAccessKey: other.credentials.secretAccessKey }
    await refused(house.person('', stolen).kms.generateRandom({}), 'InvalidSignatureException')
  })
})

describe('what a service presents', () => {
  const refusalOf = async (received: ReturnType<typeof signedFor>, presenter = store) =>
    (await present(house, presenter, received)).refusal

  test('is good once', async () => {
    const received = signedFor(house, alice)
    expect(await refusalOf(received)).toBe('')
    expect(await refusalOf(received)).toBe(
      'PresentedRequestUsed: The request was presented before, and each is accepted once',
    )
    const both = await Promise.all([1, 2].map(() => signedFor(house, alice)).map((each) => refusalOf(each)))
    expect(both).toEqual(['', ''])
    const twice = signedFor(house, alice)
    const raced = await Promise.all([refusalOf(twice), refusalOf(twice)])
    expect(raced.filter((refusal) => refusal === '')).toHaveLength(1)
  })

  test('is good within five minutes of when it was signed', async () => {
    house.clock.advance(302_000)
    expect(await refusalOf(signedFor(house, alice, { ahead: -299 }))).toBe('')
    expect(await refusalOf(signedFor(house, alice, { ahead: -301 }))).toMatch(
      /^PresentedRequestInvalid: SignatureDoesNotMatch: Signature expired: .* is now earlier than/,
    )
    expect(await refusalOf(signedFor(house, alice, { ahead: 301 }))).toMatch(/Signature not yet current/)
  })

  test('was signed for that service, in its Region', async () => {
    expect(await refusalOf(signedFor(house, alice, { service: 'ec2' }))).toMatch(
      /scoped to correct service: 's3'/,
    )
    expect(await refusalOf(signedFor(house, alice, { service: 'kms' }))).toMatch(
      /scoped to correct service: 's3'/,
    )
    expect(await refusalOf(signedFor(house, alice, { region: 'eu-central-1' }))).toMatch(/a valid region/)
    const vault = await newService(house, 'vault.internal')
    expect(await refusalOf(signedFor(house, alice, { service: 'vault.internal' }), vault)).toBe('')
    expect(await refusalOf(signedFor(house, alice, { service: 'vault' }), vault)).toMatch(/'vault.internal'/)
  })

  test('may be presigned: then too it is one request, sent now', async () => {
    const presigned = (now: number) =>
      presignedBySdk({
        service: 's3',
        method: 'GET',
        path: '/photos/cat.jpg',
        body: '',
        expiresIn: 3600,
        now,
      })
    const asReceived = async (now: number) => {
      const { body, ...received } = await presigned(now)
      return { ...received, bodyHash: sha256(body.toString()) }
    }
    const received = await asReceived(house.clock.now() - 1_000)
    expect(await refusalOf(received)).toBe('')
    expect(await refusalOf(received)).toMatch(/^PresentedRequestUsed/)
    expect(await refusalOf(await asReceived(house.clock.now() - 301_000))).toMatch(/is now earlier than/)
  })

  test('counts as a use of the user’s access key', async () => {
    const grace = await house.user('grace')
    expect(await refusalOf(signedFor(house, grace))).toBe('')
    const used = { AccessKeyId: grace.credentials.accessKeyId }
    const { AccessKeyLastUsed } = await house.root.iam.getAccessKeyLastUsed(used)
    expect(AccessKeyLastUsed).toMatchObject({ ServiceName: 's3', Region: 'us-east-1' })
  })

  test('is what was signed, to the letter', async () => {
    const mismatch = /^PresentedRequestInvalid: SignatureDoesNotMatch: The request signature we calculated/
    const received = signedFor(house, alice)
    expect(await refusalOf({ ...received, method: 'PUT' })).toMatch(mismatch)
    expect(await refusalOf({ ...received, path: '/photos/dog.jpg' })).toMatch(mismatch)
    expect(await refusalOf({ ...received, query: '' })).toMatch(mismatch)
    expect(await refusalOf({ ...received, bodyHash: 'UNSIGNED-PAYLOAD' })).toMatch(mismatch)
    expect(await refusalOf(changed(received, 'host', 'elsewhere'))).toMatch(mismatch)
    expect(await refusalOf({ ...received, headers: [...received.headers, 'x-amz-acl', 'public'] })).toMatch(
      /not signed: x-amz-acl/,
    )
    // None of which has used it up.
    expect(await refusalOf(received)).toBe('')
  })

  test('was signed by a user with credentials that are good', async () => {
    const nobody = { credentials: { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'secret' } }
    expect(await refusalOf(signedFor(house, nobody))).toBe(
      'PresentedRequestInvalid: InvalidClientTokenId: The security token included in the request is invalid.',
    )
    const guess = { credentials: { ...alice.credentials, secretAccessKey: 'guess' } }
    expect(await refusalOf(signedFor(house, guess))).toMatch(/SignatureDoesNotMatch/)
    expect(await refusalOf(signedFor(house, { credentials: store }))).toMatch(/not signed by a user/)
    const forwarded = await through(house, store, alice)
    expect(await refusalOf(signedFor(house, forwarded))).toMatch(/not signed by a user/)
  })

  test('is heard from services alone', async () => {
    const only = 'AccessDenied: Only registered services can ask for forward access sessions'
    expect(await refusalOf(signedFor(house, alice), alice.credentials)).toBe(only)
    expect(await refusalOf(signedFor(house, alice), house.root.credentials)).toBe(only)
    const forwarded = await through(house, store, alice)
    expect(await refusalOf(signedFor(house, alice), forwarded.credentials)).toBe(
      'AccessDenied: A forward access session is good for AWS KMS alone',
    )
  })

  test('was signed since the service was started: of what came before, nobody remembers', async () => {
    const before = signedFor(house, alice)
    house.clock.advance(2_000)
    await house.restart()
    expect(await refusalOf(before)).toMatch(/it was made before this service was started/)
    expect(await refusalOf(signedFor(house, alice))).toBe('')
  })
})

test('no header makes a call come through a service', async () => {
  const key = await keyFor({
    Principal: { AWS: '*' },
    Action: 'kms:Encrypt',
    Condition: { StringEquals: { 'kms:ViaService': s3 } },
  })
  const frank = await house.user('frank')
  for (const name of [
    'via-service',
    'x-amz-via-service',
    'x-amz-invoked-by',
    'x-amz-called-via',
    'kms-viaservice',
  ]) {
    const kms = withHeaders(house.person(frank.arn, frank.credentials).kms, { [name]: s3 })
    await refused(kms.encrypt({ KeyId: key.arn, Plaintext: bytes('text') }), 'AccessDeniedException')
  }
})
