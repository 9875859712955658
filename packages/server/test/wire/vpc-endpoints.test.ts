import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askWhy, CannotStart } from '../../src/index.ts'
import { parseEndpointFile } from '../../src/vpc-endpoints/endpoint-file.ts'
import { recordsIn } from '../audit/read-records.ts'
import { ownClock } from '../base/own-clock.ts'
import { newService, through } from '../services.ts'
import {
  account,
  bytes,
  type Credentials,
  clientSettings,
  denial,
  KMS,
  keyPolicy,
  newKey,
  refused,
  type Serving,
  serve,
  type User,
} from '../serving.ts'

const file = `
vpce-11111111:
  vpc: vpc-aaaa
  account: '${account}'
  listen: 127.0.0.1:0
vpce-22222222:
  vpc: vpc-bbbb
  account: '${account}'
  region: eu-central-1
  networks: [10.1.0.0/16, 'fd00::/8']
  policy:
    Statement:
      - {Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}
      - {Sid: NoDeletion, Effect: Deny, Principal: '*', Action: 'kms:ScheduleKeyDeletion', Resource: '*'}
vpce-33333333:
  vpc: vpc-bbbb
  account: '444455556666'
  networks: [10.2.0.7]
  policy: '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:Describe*", "Resource": "*"}]}'
`

let directory: string
let house: Serving
let alice: User
const clients: KMS[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claviger-endpoints-'))
  await writeFile(join(directory, 'endpoints.yaml'), file)
  house = await serve(
    { 'vpc-endpoints': join(directory, 'endpoints.yaml'), 'trusted-proxies': '127.0.0.1' },
    ownClock(Date.now()),
  )
  alice = await house.user('alice')
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await house.close()
  await rm(directory, { recursive: true, force: true })
})

/** Somebody's client at an address, perhaps behind a proxy that says where they are. */
function clientAt(url: string, credentials: Credentials, address?: string): KMS {
  const client = new KMS(clientSettings(url, credentials, 'us-east-1'))
  clients.push(client)
  if (address === undefined) return client
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, { 'x-forwarded-for': address })
      return next(args)
    },
    { step: 'build' },
  )
  return client
}

const ownAddress = () => house.claviger.endpointUrls.get('vpce-11111111') ?? ''
const from = (address: string | undefined, who: { credentials: Credentials } = alice) =>
  clientAt(house.url, who.credentials, address)
const throughOwnAddress = (who: { credentials: Credentials } = alice) =>
  clientAt(ownAddress(), who.credentials)

/** A key that alice may describe under a condition. */
async function keyWhen(condition: object): Promise<string> {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: alice.arn },
    Action: 'kms:DescribeKey',
    Condition: condition,
  }
  return (await newKey(house.root, { Policy: keyPolicy(statement) })).arn
}

describe('what comes through an endpoint', () => {
  test('is known by the endpoint’s own address, and has the keys of the endpoint and no aws:SourceIp', async () => {
    const { Organization } = await house.root.organizations.describeOrganization({})
    const KeyId = await keyWhen({
      StringEquals: {
        'aws:SourceVpce': 'vpce-11111111',
        'aws:SourceVpc': 'vpc-aaaa',
        'aws:VpceAccount': account,
        'aws:VpceOrgID': String(Organization?.Id),
      },
      ArnEquals: { 'aws:SourceVpcArn': `arn:aws:ec2:us-east-1:${account}:vpc/vpc-aaaa` },
      'ForAnyValue:StringLike': { 'aws:VpceOrgPaths': `${Organization?.Id}/*` },
      IpAddress: { 'aws:VpcSourceIp': '127.0.0.1' },
      Null: { 'aws:SourceIp': 'true' },
    })
    expect((await throughOwnAddress().describeKey({ KeyId })).KeyMetadata?.Arn).toBe(KeyId)
    await refused(from(undefined).describeKey({ KeyId }), 'AccessDeniedException')
    await refused(from('10.1.2.3').describeKey({ KeyId }), 'AccessDeniedException')
  })

  test('is known by the network it comes from', async () => {
    const KeyId = await keyWhen({
      StringEquals: { 'aws:SourceVpce': 'vpce-22222222' },
      ArnEquals: { 'aws:SourceVpcArn': `arn:aws:ec2:eu-central-1:${account}:vpc/vpc-bbbb` },
      IpAddress: { 'aws:VpcSourceIp': ['10.1.0.0/16', 'fd00::/8'] },
    })
    await from('10.1.2.3').describeKey({ KeyId })
    await from('fd00::1').describeKey({ KeyId })
    for (const address of [undefined, '10.2.0.7', '10.2.0.8', '192.0.2.1']) {
      await refused(from(address).describeKey({ KeyId }), 'AccessDeniedException')
    }
  })

  test('and what does not, has none of that', async () => {
    const KeyId = await keyWhen({
      Null: {
        'aws:SourceVpce': 'true',
        'aws:SourceVpc': 'true',
        'aws:SourceVpcArn': 'true',
        'aws:VpceAccount': 'true',
        'aws:VpceOrgID': 'true',
        'aws:VpceOrgPaths': 'true',
        'aws:VpcSourceIp': 'true',
        'aws:SourceIp': 'false',
      },
    })
    await from('192.0.2.1').describeKey({ KeyId })
    await refused(throughOwnAddress().describeKey({ KeyId }), 'AccessDeniedException')
  })

  test('is recorded with the endpoint', async () => {
    const KeyId = await keyWhen({ StringEquals: { 'aws:SourceVpc': 'vpc-bbbb' } })
    const { $metadata } = await from('10.2.0.7').describeKey({ KeyId })
    const records = await recordsIn(house.dataDir)
    expect(records.find(({ requestID }) => requestID === $metadata.requestId)).toMatchObject({
      vpcEndpointId: 'vpce-33333333',
      vpcEndpointAccountId: '444455556666',
      sourceIPAddress: '10.2.0.7',
    })
    const { $metadata: other } = await house.root.kms.describeKey({ KeyId })
    const outside = records.concat(await recordsIn(house.dataDir))
    expect(outside.find(({ requestID }) => requestID === other.requestId)).not.toHaveProperty('vpcEndpointId')
  })
})

describe('an endpoint’s policy', () => {
  test('must allow what is done through it, even to the root user', async () => {
    const { id, arn } = await newKey(house.root)
    const root = from('10.2.0.7', house.root)
    await root.describeKey({ KeyId: id })
    const call = root.encrypt({ KeyId: id, Plaintext: bytes('text') })
    const requestId = call.then(
      () => '',
      (error: { $metadata: { requestId?: string } }) => String(error.$metadata.requestId),
    )
    await refused(
      call,
      'AccessDeniedException',
      denial(house.root, 'kms:Encrypt', arn, 'because no VPC endpoint policy allows the kms:Encrypt action'),
    )
    const answer = await askWhy(house.dataDir, await requestId)
    expect(JSON.stringify(answer)).toContain('endpoint-policy')
  })

  test('denies, and everybody is told by what', async () => {
    const { id } = await newKey(house.root)
    const root = from('10.1.0.1', house.root)
    await root.encrypt({ KeyId: id, Plaintext: bytes('text') })
    await refused(
      root.scheduleKeyDeletion({ KeyId: id }),
      'AccessDeniedException',
      /with an explicit deny in a VPC endpoint policy$/,
    )
    await from(undefined, house.root).scheduleKeyDeletion({ KeyId: id })
  })

  test('allows everything where nobody wrote one', async () => {
    const { id } = await newKey(house.root)
    await throughOwnAddress(house.root).encrypt({ KeyId: id, Plaintext: bytes('text') })
  })
})

test('a service that calls for a user brings none of its own network along', async () => {
  const store = await newService(house, 's3.us-east-1.amazonaws.com')
  const { credentials } = await through(house, store, alice)
  const KeyId = await keyWhen({ Null: { 'aws:SourceVpce': 'true', 'aws:VpcSourceIp': 'true' } })
  await clientAt(ownAddress(), credentials).describeKey({ KeyId })
})

test('nobody comes through an endpoint by saying so', async () => {
  const honest = await serve({ 'vpc-endpoints': join(directory, 'endpoints.yaml') }, ownClock(Date.now()))
  try {
    const bob = await honest.user('bob')
    const statement = { Effect: 'Allow', Principal: { AWS: bob.arn }, Action: 'kms:DescribeKey' }
    const condition = { Condition: { Null: { 'aws:SourceVpce': 'false' } } }
    const { arn } = await newKey(honest.root, { Policy: keyPolicy({ ...statement, ...condition }) })
    const claims = clientAt(honest.url, bob.credentials, '10.1.2.3')
    await refused(claims.describeKey({ KeyId: arn }), 'AccessDeniedException')
  } finally {
    await honest.close()
  }
})

describe('a file of endpoints', () => {
  const problemsOf = (text: string) => {
    const read = parseEndpointFile(text)
    return read.ok ? [] : read.problems
  }

  test('is told everything that is wrong with it', () => {
    const problems = problemsOf(`
endpoint:
  vpc: network
  account: 123
vpce-1:
  vpc: vpc-1
  account: '${account}'
  region: Frankfurt
  networks: [10.0.0.0/8, 300.1.1.1, 10.0.0.0/33]
  listen: '8420'
  polcy: {}
vpce-2:
  vpc: vpc-1
  account: '${account}'
  networks: [10.1.0.0/16]
  listen: 127.0.0.1:9000
  policy: {Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*'}]}
vpce-3:
  vpc: vpc-1
  account: '${account}'
  networks: 10.9.9.9
  listen: 127.0.0.1:9000
vpce-4: here
`)
    expect(problems).toEqual([
      '`endpoint` is not the id of an endpoint, as vpce-0a1b2c',
      '`endpoint` says neither by `networks` nor by `listen` what comes through it',
      '`endpoint.vpc` is not the id of a VPC, as vpc-0a1b2c',
      '`endpoint.account` is not an account id of 12 digits',
      '`vpce-1.polcy` is not known here; there is vpc, account, region, networks, listen, policy',
      '`vpce-1.networks[1]` is not an address or network, as in 10.0.0.0/8',
      '`vpce-1.networks[2]` is not an address or network, as in 10.0.0.0/8',
      '`vpce-1.listen` is not address:port, as in 10.0.0.5:8420 or [::1]:8420',
      '`vpce-1.region` is not a Region name, as in us-east-1',
      expect.stringMatching(/^`vpce-2\.policy\.Statement\[0\]/),
      '`vpce-3.networks` is not a list of networks, as in [10.0.0.0/8]',
      '`vpce-4` must have members: vpc, account, region, networks, listen, policy',
      '`vpce-4` says neither by `networks` nor by `listen` what comes through it',
      '`vpce-4.vpc` is not the id of a VPC, as vpc-0a1b2c',
      '`vpce-4.account` is not an account id of 12 digits',
      '`vpce-2.networks` has 10.1.0.0/16, which `vpce-1` has in 10.0.0.0/8',
      '`vpce-3.listen` is the address of `vpce-2` too',
    ])
  })

  test('that says nothing, or is no YAML, is refused', () => {
    expect(problemsOf('')).toEqual(['the file has no endpoints, as vpce-0123456789abcdef0: …'])
    expect(problemsOf('[a')).toHaveLength(1)
    expect(problemsOf('- a')).toHaveLength(1)
  })

  test('keeps the service from starting, with a sentence for each problem', async () => {
    const path = join(directory, 'wrong.yaml')
    await writeFile(path, 'vpce-1: {vpc: vpc-1, account: 1, networks: [x]}')
    const started = serve({ 'vpc-endpoints': path })
    await expect(started).rejects.toThrow(CannotStart)
    await expect(started).rejects.toThrow(
      [
        `the VPC endpoints file ${path} cannot be used:`,
        '  `vpce-1.networks[0]` is not an address or network, as in 10.0.0.0/8',
        '  `vpce-1.account` is not an account id of 12 digits',
      ].join('\n'),
    )
    const missing = serve({ 'vpc-endpoints': join(directory, 'none.yaml') })
    await expect(missing).rejects.toThrow(/cannot be read \(ENOENT\)/)
  })

  test('with an address that cannot be had keeps it from starting too', async () => {
    const path = join(directory, 'taken.yaml')
    const { port } = new URL(house.url)
    await writeFile(path, `vpce-1: {vpc: vpc-1, account: '${account}', listen: '127.0.0.1:${port}'}`)
    await expect(serve({ 'vpc-endpoints': path })).rejects.toThrow(/something else listens there already/)
  })
})
