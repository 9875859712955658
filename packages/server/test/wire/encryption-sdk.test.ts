import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AlgorithmSuiteIdentifier,
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
  buildAwsKmsMrkAwareStrictMultiKeyringNode,
  buildClient,
  CommitmentPolicy,
  KmsKeyringNode,
  type KmsKeyringNodeInput,
} from '@aws-crypto/client-node'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { account, allow, type KMS, newKey, type Person, type Serving, serve } from '../serving.ts'

/** The AWS Encryption SDK encrypts files under data keys, and has this service wrap those. */

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-west-1,ap-south-1' })
})
afterAll(() => house.close())

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

/** A keyring whose KMS client is this person's. */
const keyringOf = ({ kms }: Person, keyArn: string) =>
  new KmsKeyringNode({
    generatorKeyId: keyArn,
    clientProvider: (() => kms) as Required<KmsKeyringNodeInput>['clientProvider'],
  })

async function fileOf(content: Buffer): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'claviger-letters-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const path = join(directory, 'letter')
  await writeFile(path, content)
  return path
}

test('a file is encrypted and opened again, with key commitment and its encryption context', async () => {
  const { arn } = await newKey(house.root)
  const keyring = keyringOf(house.root, arn)
  const content = Buffer.from('meet me at noon\n'.repeat(10_000))
  const path = await fileOf(content)

  const context = { tenant: 'blue', stage: 'production' }
  const sealed = await encrypt(keyring, await readFile(path), { encryptionContext: context })
  await writeFile(`${path}.sealed`, sealed.result)
  expect((await readFile(`${path}.sealed`)).includes('noon')).toBe(false)

  const opened = await decrypt(keyring, await readFile(`${path}.sealed`))
  expect(opened.plaintext.equals(content)).toBe(true)
  expect(opened.messageHeader.encryptionContext).toMatchObject(context)
  expect(AlgorithmSuiteIdentifier[opened.messageHeader.suiteId]).toMatch(/COMMIT_KEY/)
})

test('a file whose encryption context was changed does not open', async () => {
  const { arn } = await newKey(house.root)
  const keyring = keyringOf(house.root, arn)
  const { result } = await encrypt(keyring, 'meet me at noon', { encryptionContext: { tenant: 'blue' } })
  const place = result.indexOf('blue')
  expect(place).toBeGreaterThan(0)
  const changed = Buffer.from(result)
  changed.write('grey', place)
  await expect(decrypt(keyring, changed)).rejects.toThrow('InvalidCiphertextException')
})

test('a file opens only for those whom the key’s conditions let through', async () => {
  const { arn } = await newKey(house.root)
  const blue = await house.user('blue')
  const conditions = JSON.parse(allow(['kms:Decrypt'], { on: arn })) as { Statement: object[] }
  await house.root.iam.putUserPolicy({
    UserName: 'blue',
    PolicyName: 'blue-only',
    PolicyDocument: JSON.stringify({
      ...conditions,
      Statement: conditions.Statement.map((statement) => ({
        ...statement,
        Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'blue' } },
      })),
    }),
  })
  const sealed = async (tenant: string) =>
    (await encrypt(keyringOf(house.root, arn), 'meet me at noon', { encryptionContext: { tenant } })).result
  const open = async (letter: Buffer) => (await decrypt(keyringOf(blue, arn), letter)).plaintext.toString()
  expect(await open(await sealed('blue'))).toBe('meet me at noon')
  await expect(open(await sealed('red'))).rejects.toThrow('not authorized to perform: kms:Decrypt')
})

/** A KMS client as the Encryption SDK types it. */
const sdkClient = (kms: KMS) =>
  kms as unknown as Exclude<ReturnType<Required<KmsKeyringNodeInput>['clientProvider']>, false>

/** A key with a replica in Ireland. */
async function replicatedKey() {
  const { id, arn } = await newKey(house.root, { MultiRegion: true })
  await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1' })
  house.clock.advance(1000)
  return { id, arn, there: arn.replace('us-east-1', 'eu-west-1') }
}

test('a file encrypted in one Region opens in another, under the replica there', async () => {
  const { arn, there } = await replicatedKey()
  const here = new AwsKmsMrkAwareSymmetricKeyringNode({ client: sdkClient(house.root.kms), keyId: arn })
  const { result } = await encrypt(here, 'meet me at noon', { encryptionContext: { tenant: 'blue' } })
  const abroad = new AwsKmsMrkAwareSymmetricKeyringNode({
    client: sdkClient(house.root.kmsIn('eu-west-1')),
    keyId: there,
  })
  expect((await decrypt(abroad, result)).plaintext.toString()).toBe('meet me at noon')
  const back = await encrypt(abroad, 'at one', { encryptionContext: { tenant: 'blue' } })
  expect((await decrypt(here, back.result)).plaintext.toString()).toBe('at one')
})

test('a reader who knows no key discovers the related one of their Region, and nobody discovers one where there is none', async () => {
  const { arn } = await replicatedKey()
  const here = new AwsKmsMrkAwareSymmetricKeyringNode({ client: sdkClient(house.root.kms), keyId: arn })
  const { result } = await encrypt(here, 'meet me at noon')
  const discovering = (region: string, accountIDs: string[]) =>
    new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({
      client: sdkClient(house.root.kmsIn(region)),
      discoveryFilter: { accountIDs, partition: 'aws' },
    })
  const opened = await decrypt(discovering('eu-west-1', [account]), result)
  expect(opened.plaintext.toString()).toBe('meet me at noon')
  await expect(decrypt(discovering('ap-south-1', [account]), result)).rejects.toThrow('does not exist')
  await expect(decrypt(discovering('eu-west-1', ['444455556666']), result)).rejects.toThrow()
})

test('a file is sealed for a multi-Region key and a key of one Region, and opens with either', async () => {
  const { arn, there } = await replicatedKey()
  const single = await newKey(house.root)
  const keyring = (generatorKeyId: string, keyIds: string[] = []) =>
    buildAwsKmsMrkAwareStrictMultiKeyringNode({
      clientProvider: (region) => sdkClient(house.root.kmsIn(region)),
      generatorKeyId,
      keyIds,
    })
  const { result } = await encrypt(keyring(arn, [single.arn]), 'meet me at noon')
  for (const key of [arn, there, single.arn]) {
    expect((await decrypt(keyring(key), result)).plaintext.toString()).toBe('meet me at noon')
  }
})
