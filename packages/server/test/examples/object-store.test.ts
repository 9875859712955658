import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PutObjectCommandInput, S3 } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { ownClock } from '../base/own-clock.ts'
import { newService } from '../services.ts'
import {
  account,
  keyPolicy,
  newKey,
  type Person,
  refused,
  rootArn,
  type Serving,
  serve,
  type User,
} from '../serving.ts'
import { type Running, runExample } from './running.ts'

/** The object store of `examples/`, as its own process, with the ordinary S3 client before it. */

const s3Service = 's3.us-east-1.amazonaws.com'

let house: Serving
let store: Running
let objects: string
let alice: User
let bob: User
const clients: S3[] = []

beforeAll(async () => {
  // The example goes by the time of the day, so the service must.
  house = await serve({}, ownClock(Date.now()))
  objects = await mkdtemp(join(tmpdir(), 'claviger-objects-'))
  const { accessKeyId, secretAccessKey } = await newService(house, s3Service)
  store = await runExample('object-store', {
    CLAVIGER_URL: house.url,
    SERVICE_ACCESS_KEY_ID: accessKeyId,
    SERVICE_SECRET_ACCESS_KEY: secretAccessKey,
    OBJECTS: objects,
  })
  const actions = ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:DescribeKey']
  alice = await house.user('alice', ...actions)
  bob = await house.user('bob', ...actions)
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await store.stop()
  await house.close()
  await rm(objects, { recursive: true, force: true })
})

function s3Of({ credentials }: Pick<Person, 'credentials'>): S3 {
  const client = new S3({
    endpoint: store.url,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  })
  clients.push(client)
  return client
}

const cat = { Bucket: 'photos', Key: 'cat.jpg' }

async function read(who: Pick<Person, 'credentials'>, place = cat): Promise<string> {
  const { Body } = await s3Of(who).getObject(place)
  return (await Body?.transformToString()) ?? ''
}

const put = (who: Pick<Person, 'credentials'>, more: Partial<PutObjectCommandInput> = {}) =>
  s3Of(who).putObject({ ...cat, Body: 'a cat', ServerSideEncryption: 'aws:kms', ...more })

test('an object goes in and comes out, under the key of S3 that its first use made', async () => {
  await refused(
    house.root.kms.generateDataKey({ KeyId: 'alias/aws/s3', NumberOfBytes: 32 }),
    'NotFoundException',
  )
  const { ServerSideEncryption, SSEKMSKeyId, ETag } = await put(alice, { ContentType: 'image/jpeg' })
  const { KeyMetadata } = await house.root.kms.describeKey({ KeyId: 'alias/aws/s3' })
  expect({ ServerSideEncryption, SSEKMSKeyId }).toEqual({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: KeyMetadata?.Arn,
  })
  expect(await read(alice)).toBe('a cat')
  expect(await s3Of(alice).headObject(cat)).toMatchObject({
    ContentLength: 5,
    ContentType: 'image/jpeg',
    SSEKMSKeyId: KeyMetadata?.Arn,
    ETag,
  })
  const [file = ''] = await readdir(objects)
  expect((await readFile(join(objects, file))).includes('a cat')).toBe(false)
})

test('an object under a key of its own is for those whom that key lets in through S3', async () => {
  const key = await newKey(house.root, {
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: rootArn },
          Action: ['kms:Put*', 'kms:Describe*'],
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Principal: { AWS: alice.arn },
          Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
          Resource: '*',
          Condition: {
            StringEquals: {
              'kms:ViaService': s3Service,
              'kms:CallerAccount': account,
              'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::photos/cat.jpg',
            },
          },
        },
      ],
    }),
  })
  await put(alice, { SSEKMSKeyId: key.arn, Body: 'a secret cat' })
  expect(await read(alice)).toBe('a secret cat')
  await refused(read(bob), 'AccessDenied', /bob is not authorized to perform: kms:Decrypt/)
  await refused(put(alice, { SSEKMSKeyId: key.arn, Key: 'dog.jpg' }), 'AccessDenied')
  const directly = {
    KeyId: key.arn,
    NumberOfBytes: 32,
    EncryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::photos/cat.jpg' },
  }
  await refused(alice.kms.generateDataKey(directly), 'AccessDeniedException')
})

test('the record of a key tells who read which object', async () => {
  const records = await recordsIn(house.dataDir)
  const decrypt = records.find(({ eventName }) => eventName === 'Decrypt')
  expect(decrypt).toMatchObject({
    userIdentity: { userName: 'alice', invokedBy: 's3.amazonaws.com' },
    requestParameters: { encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::photos/cat.jpg' } },
  })
})

test('a name may be as odd as S3 lets it', async () => {
  for (const Key of ['a//b/../c', 'Größe 100%+&?#.txt', './.', "it's (here)!"]) {
    await put(alice, { Key, Body: Key })
    expect(await read(alice, { ...cat, Key })).toBe(Key)
  }
})

test('what is deleted is gone', async () => {
  await put(alice, { Key: 'old' })
  await s3Of(alice).deleteObject({ ...cat, Key: 'old' })
  await refused(read(alice, { ...cat, Key: 'old' }), 'NoSuchKey')
})

test('whoever is nobody, or guesses, reads nothing', async () => {
  const guess = { credentials: { ...alice.credentials, secretAccessKey: 'guess' } }
  await refused(read(guess), 'SignatureDoesNotMatch')
  const nobody = { credentials: { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'secret' } }
  await refused(read(nobody), 'InvalidAccessKeyId')
  expect((await fetch(`${store.url}/photos/cat.jpg`)).status).toBe(403)
})

test('a key that is disabled closes its objects', async () => {
  const key = await newKey(house.root, { Policy: keyPolicy() })
  await put(alice, { Key: 'locked', SSEKMSKeyId: key.arn })
  await house.root.kms.disableKey({ KeyId: key.id })
  await refused(read(alice, { ...cat, Key: 'locked' }), 'KMS.DisabledException')
})
