import { HeadReader } from '../packages/server/src/http/request-head.ts'
import type { WireRequest } from '../packages/server/src/http/wire.ts'
import { keyArn } from '../packages/server/src/keys/key.ts'
import { encryptInput } from './furnish.ts'
import { account, type OwnHouse, openOwnHouse } from './own-house.ts'
import { type Credentials, region, signedBytes } from './signed-request.ts'

/** A service with keys, a user who may use them, and what they were used for. */
export interface FurnishedHouse {
  readonly house: OwnHouse
  readonly user: Credentials
  readonly stranger: Credentials
  readonly keyIds: readonly string[]
  readonly sealed: readonly object[]
}

const root: Credentials = { accessKeyId: 'AKIABENCHMARKROOT', secretAccessKey: 'a-secret-of-the-benchmark' }

/** Makes ten keys under the default policy, a user with an identity policy, one without, and ciphertexts. */
export async function furnishedHouse(): Promise<FurnishedHouse> {
  const house = await openOwnHouse(root)
  const keyIds: string[] = []
  for (let index = 0; index < 10; index += 1) {
    const { KeyMetadata } = await ask(house, { operation: 'CreateKey', input: {}, credentials: root })
    keyIds.push((KeyMetadata as { KeyId: string }).KeyId)
  }
  const user = await makeUser(house, 'alice', {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keyIds.map((keyId) => keyArn({ account, region, keyId })),
    },
  })
  const stranger = await makeUser(house, 'mallory')
  const sealed: object[] = []
  for (let index = 0; index < 200; index += 1) {
    const input = encryptInput(keyIds, index)
    const { CiphertextBlob } = await ask(house, { operation: 'Encrypt', input, credentials: root })
    sealed.push({ CiphertextBlob, KeyId: input.KeyId, EncryptionContext: input.EncryptionContext })
  }
  return { house, user, stranger, keyIds, sealed }
}

async function makeUser(house: OwnHouse, UserName: string, policy?: object): Promise<Credentials> {
  await house.asRoot('iam', 'CreateUser', { UserName })
  if (policy !== undefined) {
    const PolicyDocument = JSON.stringify(policy)
    await house.asRoot('iam', 'PutUserPolicy', { UserName, PolicyName: 'use-keys', PolicyDocument })
  }
  const { AccessKey } = (await house.asRoot('iam', 'CreateAccessKey', { UserName })) as {
    AccessKey: { AccessKeyId: string; SecretAccessKey: string }
  }
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

/** What is asked, and by whom. */
export interface Asked {
  readonly operation: string
  readonly input: object
  readonly credentials: Credentials
}

async function ask(house: OwnHouse, asked: Asked): Promise<Record<string, unknown>> {
  const { status, body } = await house.answer(requestOf(asked))
  if (status !== 200) throw new Error(`${asked.operation} was answered ${status}: ${body}`)
  return JSON.parse(body)
}

/** A request as the listener hands it over. */
export function requestOf(asked: Asked): WireRequest {
  const bytes = Buffer.from(signedBytes({ host: '127.0.0.1:8420', now: Date.now(), ...asked }))
  const end = bytes.indexOf('\r\n\r\n')
  const head = new HeadReader().read(bytes.toString('latin1', 0, end + 4))
  if (typeof head === 'string') throw new Error(`the request cannot be read: ${head}`)
  const { method, path, query, fields } = head
  const userAgent = fields.get('user-agent') ?? ''
  const connection = { sourceIp: '127.0.0.1', userAgent, host: '127.0.0.1:8420' }
  return { method, path, query, fields, body: bytes.subarray(end + 4), connection }
}
