import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { type MemberAccount, memberAccount } from '../member-account.ts'
import { newService, through } from '../services.ts'
import {
  account,
  bytes,
  type Credentials,
  daysMs,
  keyPolicy,
  newKey,
  type Person,
  refused,
  type Serving,
  serve,
  type User,
} from '../serving.ts'

let house: Serving
let store: Credentials
let alice: User
let support: User
let member: MemberAccount
beforeAll(async () => {
  house = await serve()
  store = await newService(house, 's3.us-east-1.amazonaws.com')
  alice = await house.user('alice', 'kms:Encrypt')
  support = await house.user('support', 'sts:DecodeAuthorizationMessage')
  member = await memberAccount(house, 'elsewhere')
})
afterAll(() => house.close())

const encryptionContext = { 'aws:s3:arn': 'arn:aws:s3:::photos/cat.jpg' }

/** What a service is told beside the refusal of a call; nothing where there is no such header. */
async function messageOf(call: Promise<unknown>): Promise<string | undefined> {
  const error = await call.then(
    () => {
      throw new Error('nothing was refused')
    },
    (thrown: { $response?: { headers: Record<string, string> } }) => thrown,
  )
  return error.$response?.headers['x-claviger-authorization-message']
}

const decrypt = async ({ kms }: Pick<Person, 'kms'>, KeyId: string) => {
  const { CiphertextBlob } = await house.root.kms.encrypt({
    KeyId,
    Plaintext: bytes('a cat'),
    EncryptionContext: encryptionContext,
  })
  return kms.decrypt({ CiphertextBlob, EncryptionContext: encryptionContext })
}

async function decoded(message: string | undefined, who: Person = support) {
  const { DecodedMessage } = await who.sts.decodeAuthorizationMessage({ EncodedMessage: message })
  return JSON.parse(String(DecodedMessage))
}

const conditionsIn = ({ context }: { context: { conditions: { items: Condition[] } } }) =>
  new Map(context.conditions.items.map(({ key, values }) => [key, values.items.map(({ value }) => value)]))
type Condition = { key: string; values: { items: { value: string }[] } }

describe('a service that is denied something for a user', () => {
  test('gets a message that tells the user’s account what nobody allowed', async () => {
    const { id, arn } = await newKey(house.root)
    const viaS3 = await through(house, store, alice)
    const message = await messageOf(decrypt(viaS3, id))
    expect(message).toMatch(/^[\w-]+$/)
    const said = await decoded(message)
    expect(said).toMatchObject({
      allowed: false,
      explicitDeny: false,
      matchedStatements: { items: [] },
      failures: { items: [] },
      context: {
        principal: { id: alice.userId, name: 'alice', arn: alice.arn },
        action: 'kms:Decrypt',
        resource: arn,
      },
    })
    const conditions = conditionsIn(said)
    expect(conditions.get('kms:ViaService')).toEqual(['s3.us-east-1.amazonaws.com'])
    expect(conditions.get('kms:CallerAccount')).toEqual([account])
    expect([...conditions.values()].flat()).toContain('arn:aws:s3:::photos/cat.jpg')
  })

  test('gets one that cites the statement which denied, where the account wrote it', async () => {
    const { id } = await newKey(house.root, {
      Policy: keyPolicy({
        Sid: 'NotThroughS3',
        Effect: 'Deny',
        Principal: { AWS: alice.arn },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: { StringLike: { 'kms:ViaService': 's3.*' } },
      }),
    })
    const said = await decoded(await messageOf(decrypt(await through(house, store, alice), id)))
    expect(said.explicitDeny).toBe(true)
    expect(said.matchedStatements).toEqual({
      items: [
        {
          statementId: 'NotThroughS3',
          effect: 'DENY',
          principals: { items: [{ value: alice.arn }] },
          principalGroups: { items: [] },
          actions: { items: [{ value: 'kms:Decrypt' }, { value: 'kms:GenerateDataKey' }] },
          resources: { items: [{ value: '*' }] },
          conditions: { items: [{ key: 'kms:ViaService', values: { items: [{ value: 's3.*' }] } }] },
        },
      ],
    })
  })

  test('gets none about another account’s key', async () => {
    const theirs = await newKey(member.administrator)
    const viaS3 = await through(house, store, alice)
    const call = viaS3.kms.generateDataKey({ KeyId: theirs.arn, KeySpec: 'AES_256' })
    expect(await messageOf(call)).toBeUndefined()
  })

  test('alone gets one: users are told what AWS KMS tells them', async () => {
    const { id } = await newKey(house.root)
    expect(await messageOf(decrypt(alice, id))).toBeUndefined()
  })
})

describe('a message', () => {
  let message: string | undefined
  const decode = (who: Person, EncodedMessage: string | undefined) =>
    who.sts.decodeAuthorizationMessage({ EncodedMessage })
  beforeAll(async () => {
    const { id } = await newKey(house.root)
    message = await messageOf(decrypt(await through(house, store, alice), id))
  })

  test('is decoded by whom a policy lets', async () => {
    await refused(
      decode(alice, message),
      'AccessDenied',
      /alice is not authorized to perform: sts:DecodeAuthorizationMessage on resource: \*/,
    )
  })

  test.each([
    ['a word', () => 'message'],
    ['one that was changed', () => `${message?.slice(0, -4)}AAAA`],
    ['one with a line break', () => `${message}\n`],
    ['one that is too long', () => 'a'.repeat(10_000)],
  ])('is not %s', async (_what, text) => {
    await refused(decode(support, text()), 'InvalidAuthorizationMessageException', 'Message is not valid.')
  })

  test('is decoded on the record, which does not have what it says', async () => {
    await decoded(message)
    const records = await recordsIn(house.dataDir)
    const record = records.findLast(({ eventName }) => eventName === 'DecodeAuthorizationMessage')
    expect(record).toMatchObject({ userIdentity: { userName: 'support' }, responseElements: null })
  })

  test('says nothing to another account, nor after a day', async () => {
    await refused(decode(member.administrator, message), 'InvalidAuthorizationMessageException')
    house.clock.advance(daysMs(1) - 1)
    await decoded(message)
    house.clock.advance(2)
    await refused(decode(support, message), 'InvalidAuthorizationMessageException')
  })
})
