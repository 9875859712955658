import { generateKeyPairSync } from 'node:crypto'
import { compilePolicy, type Principal, parsePolicy } from '@claviger/policy'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conditionKeyRows, conditionKeysOf } from '../../src/access/condition-keys.ts'
import type { Call } from '../../src/call/call.ts'
import type { Tag } from '../../src/keys/key.ts'
import { type Enclave, register, testEnclave } from '../attestation/enclave.ts'
import { rootsFile } from '../attestation/roots-file.ts'
import { emptyKey, freshMaterial, wrapped } from '../importing.ts'
import { account, keyPolicy, newKey, rootArn, type Serving, serve, type User } from '../serving.ts'

/**
 * Every key that something fills is asked about in real calls of the service, without a network: allowed when the
 * documented value is wanted, refused when another one is, and refused when the key must be absent.
 */

let serving: Serving
let alice: User
let key: { id: string; arn: string }
let grantId: string
let organizationId: string
let organizationPath: string
let ciphertext: Uint8Array
let enclave: Enclave
let signing: { id: string; arn: string }
let agreeing: { id: string; arn: string }
let authenticating: { id: string; arn: string }
let idle: { id: string; arn: string }
let external: { id: string; arn: string }
let brought: Awaited<ReturnType<typeof wrapped>>
let roots: Awaited<ReturnType<typeof rootsFile>>

const context = { AppName: 'ExampleApp' }
const service = 'ec2.amazonaws.com'

beforeAll(async () => {
  enclave = await testEnclave()
  roots = await rootsFile(enclave)
  serving = await serve({ 'attestation-roots': roots.path })
  alice = await serving.user('alice')
  const place = await serving.claviger.catalog.organizations.place(account)
  organizationId = String(place?.organizationId)
  organizationPath = String(place?.path)
  key = await newKey(serving.root, { Tags: [{ TagKey: 'Stage', TagValue: 'production' }] })
  await serving.root.kms.createAlias({ AliasName: 'alias/example', TargetKeyId: key.id })
  const { GrantId } = await serving.root.kms.createGrant({
    KeyId: key.id,
    GranteePrincipal: rootArn,
    Operations: ['RetireGrant'],
    Constraints: { EncryptionContextSubset: context },
  })
  grantId = String(GrantId)
  const sealed = await serving.root.kms.encrypt({ KeyId: key.id, Plaintext: Buffer.from('text') })
  ciphertext = sealed.CiphertextBlob ?? Buffer.alloc(0)
  signing = await newKey(serving.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  agreeing = await newKey(serving.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  authenticating = await newKey(serving.root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  idle = await newKey(serving.root)
  external = await emptyKey(serving.root)
  brought = await wrapped(serving.root.kms, external.id, freshMaterial())
})
afterAll(async () => {
  await serving.close()
  await roots.remove()
})

/** One call of alice's, who has no other policy than the one given; perhaps through a service. */
async function callAs(policy: object, operation: string, input: object, via?: string) {
  const holder = await serving.claviger.catalog.principals.holder(alice.credentials.accessKeyId)
  if (holder === undefined) throw new Error('alice has an access key')
  const parsed = parsePolicy(JSON.stringify(policy), 'identity-policy')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const tags: Tag[] = [{ key: 'Team', value: 'blue' }]
  const identityPolicies = [{ name: 'test', form: compilePolicy(parsed.policy) }]
  const call: Call = {
    caller: { ...holder.caller, tags, identityPolicies, ...(via === undefined ? {} : { via }) },
    service: 'kms',
    region: 'us-east-1',
    now: serving.clock.now(),
    requestId: 'request',
    connection: {
      sourceIp: '192.0.2.7',
      userAgent: 'aws-cli/2.31',
      referer: 'https://example.com/',
      host: 'localhost',
      tls: { version: 'TLSv1.3', cipherSuite: 'TLS_AES_256_GCM_SHA384' },
    },
  }
  return serving.claviger.service
    .call(call, operation, () => input)
    .then(
      () => 'allowed',
      (error: Error) => (error.name === 'DryRunOperationException' ? 'allowed' : error.name),
    )
}

const operatorByType = {
  String: 'StringEquals',
  ARN: 'ArnEquals',
  Bool: 'Bool',
  Numeric: 'NumericEquals',
  Date: 'DateEquals',
  IPAddress: 'IpAddress',
  ArrayOfString: 'ForAnyValue:StringEquals',
} as const

function allowingWhen(condition: object) {
  const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }
  return { Version: '2012-10-17', Statement: [statement] }
}

type Asked = readonly [operation: string, input: () => object, via?: string]
const via = 'ec2.us-east-1.amazonaws.com'
/** The same, asked by a service with the authority of its caller. */
const through = ([operation, input]: Asked): Asked => [operation, input, via]

const encrypt: Asked = [
  'Encrypt',
  () => ({ KeyId: key.id, Plaintext: Buffer.from('text'), EncryptionContext: context, DryRun: true }),
]
const encryptByAlias: Asked = ['Encrypt', () => ({ ...encrypt[1](), KeyId: 'alias/example' })]
const createGrant: Asked = [
  'CreateGrant',
  () => ({
    KeyId: key.id,
    GranteePrincipal: alice.arn,
    RetiringPrincipal: rootArn,
    Operations: ['Decrypt', 'Encrypt'],
    Constraints: { EncryptionContextEquals: context, SourceArn: 'arn:aws:sqs:us-east-1:111122223333:queue' },
    DryRun: true,
  }),
]
const createServiceGrant: Asked = [
  'CreateGrant',
  () => ({
    KeyId: key.id,
    GranteeServicePrincipal: service,
    RetiringServicePrincipal: service,
    Operations: ['Decrypt'],
    Constraints: { SourceArn: 'arn:aws:sqs:us-east-1:111122223333:queue' },
    DryRun: true,
  }),
]
const createKey: Asked = [
  'CreateKey',
  () => ({
    Policy: keyPolicy(),
    BypassPolicyLockoutSafetyCheck: true,
    Tags: [{ TagKey: 'Stage', TagValue: 'test' }],
  }),
]
const createMultiRegionKey: Asked = ['CreateKey', () => ({ MultiRegion: true })]
const reEncrypt: Asked = [
  'ReEncrypt',
  () => ({ CiphertextBlob: ciphertext, DestinationKeyId: key.id, DryRun: true }),
]
/** A call whose answer is for an enclave or a NitroTPM, in which these registers were measured. */
const decryptFor = (registers: 'pcrs' | 'nitrotpm_pcrs'): Asked => [
  'Decrypt',
  () => {
    const measured = new Map([0, 8, 31].map((index) => [index, register(index)]))
    const members = { pcrs: undefined, [registers]: measured }
    return {
      CiphertextBlob: ciphertext,
      Recipient: {
        KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        AttestationDocument: enclave.document({ at: serving.clock.now(), members }),
      },
    }
  },
]
const sign = (message: object): Asked => [
  'Sign',
  () => ({ KeyId: signing.id, SigningAlgorithm: 'ECDSA_SHA_256', ...message, DryRun: true }),
]
const signRaw = sign({ Message: Buffer.alloc(32) })
const signDigest = sign({ Message: Buffer.alloc(32), MessageType: 'DIGEST' })
const deriveSharedSecret: Asked = [
  'DeriveSharedSecret',
  () => ({
    KeyId: agreeing.id,
    KeyAgreementAlgorithm: 'ECDH',
    PublicKey: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({
      format: 'der',
      type: 'spki',
    }),
    DryRun: true,
  }),
]
const generateMac: Asked = [
  'GenerateMac',
  () => ({
    KeyId: authenticating.id,
    Message: Buffer.alloc(1),
    MacAlgorithm: 'HMAC_SHA_256',
    DryRun: true,
  }),
]
const generatePair: Asked = [
  'GenerateDataKeyPair',
  () => ({ KeyId: key.id, KeyPairSpec: 'ECC_NIST_P256', DryRun: true }),
]
const disable: Asked = ['DisableKey', () => ({ KeyId: idle.id })]
const enableRotation: Asked = ['EnableKeyRotation', () => ({ KeyId: key.id, RotationPeriodInDays: 180 })]
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
const getParameters: Asked = ['GetParametersForImport', () => ({ KeyId: external.id, ...wrapping })]
const validTo = new Date(Date.UTC(2026, 10, 30))
const importFor = (expiration: object): Asked => [
  'ImportKeyMaterial',
  () => ({ KeyId: external.id, ...brought, ...expiration }),
]
const importForGood = importFor({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' })
const importUntil = importFor({ ValidTo: validTo })
const measured = (of: number) => Buffer.from(register(of)).toString('hex')
const retireGrant: Asked = ['RetireGrant', () => ({ KeyId: key.arn, GrantId: grantId, DryRun: true })]
const untag: Asked = ['UntagResource', () => ({ KeyId: key.id, TagKeys: ['Nothing'] })]
const scheduleDeletion: Asked = ['ScheduleKeyDeletion', () => ({ KeyId: key.id, PendingWindowInDays: 7 })]

/** What AWS documents a key to hold; the operation asked, where it is not Encrypt. */
const cases: readonly (readonly [name: string, value: string | (() => string), asked?: Asked])[] = [
  ['kms:BypassPolicyLockoutSafetyCheck', 'true', createKey],
  ['kms:CallerAccount', account],
  ['kms:CallerAccount', account, createKey],
  ['kms:CustomerMasterKeySpec', 'SYMMETRIC_DEFAULT'],
  ['kms:CustomerMasterKeyUsage', 'ENCRYPT_DECRYPT'],
  ['kms:DataKeyPairSpec', 'ECC_NIST_P256', generatePair],
  ['kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'],
  ['kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT', generatePair],
  ['kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT', reEncrypt],
  ['kms:EncryptionContext:appNAME', 'ExampleApp'],
  ['kms:EncryptionContext:AppName', 'ExampleApp', createGrant],
  ['kms:EncryptionContextKeys', 'AppName'],
  ['kms:ExpirationModel', 'KEY_MATERIAL_DOES_NOT_EXPIRE', importForGood],
  ['kms:GrantConstraintSourceArn', 'arn:aws:sqs:us-east-1:111122223333:queue', createGrant],
  ['kms:GrantConstraintType', 'EncryptionContextEquals', createGrant],
  ['kms:GrantConstraintType', 'EncryptionContextSubset', retireGrant],
  ['kms:GranteePrincipal', () => alice.arn, createGrant],
  ['kms:GranteeServicePrincipal', service, createServiceGrant],
  ['kms:GrantIsForAWSResource', 'false', createGrant],
  ['kms:GrantIsForAWSResource', 'false', ['ListGrants', () => ({ KeyId: key.id })]],
  ['kms:GrantIsForAWSResource', 'true', through(createGrant)],
  ['kms:GrantOperations', 'Encrypt', createGrant],
  ['kms:KeyAgreementAlgorithm', 'ECDH', deriveSharedSecret],
  ['kms:KeyOrigin', 'AWS_KMS'],
  ['kms:KeyOrigin', 'AWS_KMS', createKey],
  ['kms:KeySpec', 'SYMMETRIC_DEFAULT'],
  ['kms:KeySpec', 'SYMMETRIC_DEFAULT', createKey],
  ['kms:KeyUsage', 'ENCRYPT_DECRYPT'],
  ['kms:KeyUsage', 'ENCRYPT_DECRYPT', createKey],
  ['kms:MacAlgorithm', 'HMAC_SHA_256', generateMac],
  ['kms:MessageType', 'RAW', signRaw],
  ['kms:MessageType', 'DIGEST', signDigest],
  ['kms:MultiRegion', 'false'],
  ['kms:MultiRegion', 'false', createKey],
  ['kms:MultiRegion', 'true', createMultiRegionKey],
  ['kms:MultiRegionKeyType', 'PRIMARY', createMultiRegionKey],
  ['kms:ReEncryptOnSameKey', 'true', reEncrypt],
  ['kms:RecipientAttestation:ImageSha384', measured(0), decryptFor('pcrs')],
  ['kms:RecipientAttestation:PCR0', measured(0), decryptFor('pcrs')],
  ['kms:RecipientAttestation:PCR31', measured(31), decryptFor('pcrs')],
  ['kms:RecipientAttestation:NitroTPMPCR8', measured(8), decryptFor('nitrotpm_pcrs')],
  ['kms:RequestAlias', 'alias/example', encryptByAlias],
  ['kms:ResourceAliases', 'alias/example'],
  ['kms:RetiringPrincipal', rootArn, createGrant],
  ['kms:RetiringServicePrincipal', service, createServiceGrant],
  ['kms:RotationPeriodInDays', '180', enableRotation],
  ['kms:ScheduleKeyDeletionPendingWindowInDays', '7', scheduleDeletion],
  ['kms:SigningAlgorithm', 'ECDSA_SHA_256', signRaw],
  ['kms:TrailingDaysWithoutKeyUsage', '0', disable],
  ['kms:ValidTo', validTo.toISOString(), importUntil],
  ['kms:ViaService', via, through(encrypt)],
  ['kms:ViaService', via, through(createKey)],
  ['kms:WrappingAlgorithm', wrapping.WrappingAlgorithm, getParameters],
  ['kms:WrappingKeySpec', wrapping.WrappingKeySpec, getParameters],
  ['aws:PrincipalArn', () => alice.arn],
  ['aws:PrincipalAccount', account],
  ['aws:PrincipalOrgID', () => organizationId],
  ['aws:PrincipalOrgPaths', () => organizationPath],
  ['aws:PrincipalTag/team', 'blue'],
  ['aws:PrincipalIsAWSService', 'false'],
  ['aws:PrincipalType', 'User'],
  ['aws:userid', () => alice.userId],
  ['aws:username', 'alice'],
  ['aws:SourceIp', '192.0.2.0/24'],
  ['aws:ResourceAccount', account],
  ['aws:ResourceOrgID', () => organizationId],
  ['aws:ResourceOrgPaths', () => organizationPath],
  ['aws:ResourceTag/Stage', 'production'],
  ['aws:CalledVia', service, through(encrypt)],
  ['aws:CalledViaFirst', service, through(encrypt)],
  ['aws:CalledViaLast', service, through(encrypt)],
  ['aws:ViaAWSService', 'false'],
  ['aws:ViaAWSService', 'true', through(encrypt)],
  ['aws:CurrentTime', '2026-11-23T12:00:00Z'],
  ['aws:EpochTime', () => String(Date.UTC(2026, 10, 23, 12) / 1000)],
  ['aws:referer', 'https://example.com/'],
  ['aws:RequestedRegion', 'us-east-1'],
  ['aws:RequestTag/stage', 'test', createKey],
  ['aws:TagKeys', 'Stage', createKey],
  ['aws:TagKeys', 'Nothing', untag],
  ['aws:SecureTransport', 'true'],
  ['aws:UserAgent', 'aws-cli/2.31'],
  ['aws:UserAgent', service, through(encrypt)],
]

/** What only calls of IAM have, which `test/wire/iam-authorization.test.ts` shows. */
const ofIam = [
  'iam:AWSServiceName',
  'iam:PassedToService',
  'iam:PermissionsBoundary',
  'iam:PolicyARN',
  'iam:ResourceTag/',
]

/** What only calls of Organizations have, which `test/wire/organizations.test.ts` shows. */
const ofOrganizations = ['organizations:PolicyType']

/** What only sessions and calls for them have, which the tests of STS in `test/wire/` and `test/scenarios/principals/sessions.test.ts` show. */
const ofSessions = [
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:SourceIdentity',
  'aws:TokenIssueTime',
  'sts:DurationSeconds',
  'sts:TaskPolicyArn',
  'sts:ExternalId',
  'sts:RoleSessionName',
  'sts:SourceIdentity',
  'sts:TransitiveTagKeys',
]

/** What only calls about several Regions have, which `test/wire/multi-region.test.ts` shows. */
const ofRegions = ['kms:PrimaryRegion', 'kms:ReplicaRegion']

/** What only a service as caller has, which the last test below shows. */
const ofServices = ['aws:PrincipalServiceName', 'aws:PrincipalServiceNamesList']

/** What only a service over the network states, which `test/wire/services.test.ts` shows. */
const ofSources = ['aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOrgPaths', 'aws:SourceOrgID']

/** What only comes through a VPC endpoint, which `test/wire/vpc-endpoints.test.ts` shows. */
const ofEndpoints = [
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:VpceAccount',
  'aws:VpceOrgPaths',
  'aws:VpceOrgID',
  'aws:VpcSourceIp',
]

const rowOf = (name: string) =>
  conditionKeyRows.find((row) =>
    /(?:[/:]|PCR)$/.test(row.name)
      ? name.toLowerCase().startsWith(row.name.toLowerCase())
      : row.name.toLowerCase() === name.toLowerCase(),
  )

describe('a condition key has the documented value', () => {
  const shown = cases.map(([name, value, asked = encrypt]) => ({ name, value, asked }))
  test.each(shown)('$name, asked of $asked.0', async ({ name, value, asked: [operation, input, via] }) => {
    const wanted = typeof value === 'string' ? value : value()
    const operator = operatorByType[rowOf(name)?.type ?? 'String']
    const other = {
      Bool: wanted === 'true' ? 'false' : 'true',
      NumericEquals: '1',
      IpAddress: '198.51.100.0/24',
    }
    const otherwise =
      operator === 'DateEquals'
        ? '2001-01-01T00:00:00Z'
        : (other[operator as keyof typeof other] ?? `${wanted}-not`)
    const ask = (condition: object) => callAs(allowingWhen(condition), operation, input(), via)
    expect(await ask({ [operator]: { [name]: otherwise } })).toBe('AccessDeniedException')
    expect(await ask({ Null: { [name]: 'true' } })).toBe('AccessDeniedException')
    expect(await ask({ [operator]: { [name]: wanted } })).toBe('allowed')
    if (operation === 'ScheduleKeyDeletion') {
      await serving.root.kms.cancelKeyDeletion({ KeyId: key.id })
      await serving.root.kms.enableKey({ KeyId: key.id })
    }
  })

  test('and every key that something fills is among those shown here', () => {
    const filled = conditionKeyRows.filter(({ absentBecause }) => absentBecause === undefined)
    const shown = new Set([
      ...cases.map(([name]) => rowOf(name)?.name),
      ...ofIam,
      ...ofOrganizations,
      ...ofRegions,
      ...ofSessions,
      ...ofServices,
      ...ofSources,
      ...ofEndpoints,
    ])
    expect(filled.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([])
  })

  test('as a request key even when the parameter was left to its default', async () => {
    const spec = { StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyOrigin': 'AWS_KMS' } }
    expect(await callAs(allowingWhen(spec), 'CreateKey', {})).toBe('allowed')
    const days = { NumericEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '30' } }
    expect(await callAs(allowingWhen(days), 'ScheduleKeyDeletion', { KeyId: key.id })).toBe('allowed')
    await serving.root.kms.cancelKeyDeletion({ KeyId: key.id })
    await serving.root.kms.enableKey({ KeyId: key.id })
  })
})

describe('a condition key is absent', () => {
  const absent: readonly (readonly [name: string, why: string, asked: Asked])[] = [
    ['kms:BypassPolicyLockoutSafetyCheck', 'the parameter was not sent', ['CreateKey', () => ({})]],
    ['kms:EncryptionContextKeys', 'there is no encryption context', reEncrypt],
    ['kms:EncryptionContext:AppName', 'the operation has none', ['DescribeKey', () => ({ KeyId: key.id })]],
    ['kms:ExpirationModel', 'the parameter was not sent', importUntil],
    ['kms:RequestAlias', 'the key was named by its id', encrypt],
    ['kms:KeySpec', 'the operation is about no key', ['ListKeys', () => ({})]],
    ['kms:MultiRegionKeyType', 'the key is of one Region', encrypt],
    ['kms:CallerAccount', 'the operation is about no key', ['ListKeys', () => ({})]],
    ['kms:GrantConstraintType', 'SourceArn is no such type', createServiceGrant],
    ['kms:RecipientAttestation:ImageSha384', 'nobody attested anything', encrypt],
    ['kms:RecipientAttestation:ImageSha384', 'a NitroTPM has no image', decryptFor('nitrotpm_pcrs')],
    ['kms:RecipientAttestation:PCR8', 'a NitroTPM has other registers', decryptFor('nitrotpm_pcrs')],
    ['kms:RecipientAttestation:NitroTPMPCR8', 'an enclave has other registers', decryptFor('pcrs')],
    ['kms:RecipientAttestation:PCR1', 'that register was not measured', decryptFor('pcrs')],
    ['aws:TagKeys', 'the operation takes no tags', encrypt],
    ['aws:ResourceTag/Stage', 'nothing exists yet', createKey],
    ['aws:MultiFactorAuthPresent', 'long-term credentials were used', encrypt],
    ['kms:ViaService', 'the caller came directly', encrypt],
    ['kms:ViaService', 'the operation is about no key', through(['ListKeys', () => ({})])],
    ['aws:CalledVia', 'the caller came directly', encrypt],
    ['aws:SourceIp', 'a service calls for the principal', through(encrypt)],
    ['aws:referer', 'a service calls for the principal', through(encrypt)],
  ]
  const asked = absent.map(([name, why, [operation, input, via]]) => ({ name, why, operation, input, via }))
  test.each(asked)('$name, where $why', async ({ name, operation, input, via }) => {
    const ask = (isNull: string) =>
      callAs(allowingWhen({ Null: { [name]: isNull } }), operation, input(), via)
    expect(await ask('true')).toBe('allowed')
    expect(await ask('false')).toBe('AccessDeniedException')
  })

  test('for every row that says so, with a reason for people', () => {
    const reasons = conditionKeyRows.flatMap(({ absentBecause }) => absentBecause ?? [])
    for (const reason of reasons) expect(reason).toMatch(/^[^.A-Z]\S* .*[^.]$|^`[A-Z]/)
  })
})

test('an AWS service as caller has keys of its own and none of a principal of an account', async () => {
  const holder = await serving.claviger.catalog.principals.holder(alice.credentials.accessKeyId)
  if (holder === undefined) throw new Error('alice has an access key')
  const principal: Principal = { kind: 'service', service }
  const keys = conditionKeysOf({
    call: {
      caller: { ...holder.caller, principal },
      service: 'kms',
      region: 'us-east-1',
      now: 0,
      requestId: 'request',
      connection: { sourceIp: '192.0.2.7', userAgent: '', host: '' },
    },
    key: undefined,
    facts: {},
    resourceAccount: account,
  })
  expect(keys.find('aws:principalisawsservice')).toBe('true')
  expect(keys.find('aws:principalservicename')).toBe(service)
  expect(keys.find('aws:principalservicenameslist')).toEqual([service])
  const ofAccounts = ['principalarn', 'principalaccount', 'principaltype', 'userid', 'username']
  expect(ofAccounts.map((name) => keys.find(`aws:${name}`))).toEqual(ofAccounts.map(() => undefined))
})
