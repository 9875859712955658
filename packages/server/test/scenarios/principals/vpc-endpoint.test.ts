import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownClock } from '../../base/own-clock.ts'
import {
  account,
  bytes,
  clientSettings,
  KMS,
  keyPolicy,
  newKey,
  type Person,
  refused,
  type Serving,
  serve,
  textOf,
  type User,
} from '../../serving.ts'

/** A company that lets its keys be used from its own network alone, and lets nothing but its own keys be used from there. */

const endpointId = 'vpce-0123456789abcdef0'

let directory: string
let house: Serving
let nora: User
const clients: KMS[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claviger-endpoint-'))
  const file = join(directory, 'endpoints.yaml')
  await writeFile(
    file,
    JSON.stringify({
      [endpointId]: {
        vpc: 'vpc-payroll',
        account,
        listen: '127.0.0.1:0',
        policy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' },
            {
              Sid: 'OwnPeople',
              Effect: 'Deny',
              Principal: '*',
              Action: '*',
              Resource: '*',
              Condition: { StringNotEquals: { 'aws:PrincipalAccount': account } },
            },
            {
              Sid: 'Forever',
              Effect: 'Deny',
              Principal: '*',
              Action: 'kms:ScheduleKeyDeletion',
              Resource: '*',
            },
          ],
        },
      },
    }),
  )
  house = await serve({ 'vpc-endpoints': file }, ownClock(Date.now()))
  nora = await house.user('nora', 'kms:*')
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await house.close()
  await rm(directory, { recursive: true, force: true })
})

const Plaintext = bytes('payroll')

/** Somebody's client inside of the network. */
function inside({ credentials }: Pick<Person, 'credentials'>): KMS {
  const url = house.claviger.endpointUrls.get(endpointId) ?? ''
  const client = new KMS(clientSettings(url, credentials, 'us-east-1'))
  clients.push(client)
  return client
}

test('a key that its policy closes to the outside is used through the endpoint and in no other way', async () => {
  const outside = {
    Sid: 'OnlyFromInside',
    Effect: 'Deny',
    Principal: '*',
    Action: ['kms:Encrypt', 'kms:Decrypt'],
    Condition: { StringNotEquals: { 'aws:SourceVpce': endpointId } },
  }
  const { id } = await newKey(house.root, { Policy: keyPolicy(outside) })
  const { CiphertextBlob } = await inside(nora).encrypt({ KeyId: id, Plaintext })
  expect(textOf((await inside(nora).decrypt({ CiphertextBlob })).Plaintext)).toBe('payroll')
  const denied = /with an explicit deny in a resource-based policy/
  await refused(nora.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException', denied)
  await refused(house.root.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException', denied)
  // What the key policy does not close stays open.
  await nora.kms.describeKey({ KeyId: id })
})

test('what the endpoint’s own policy denies is done from outside alone, by whoever may', async () => {
  const { id } = await newKey(house.root)
  await refused(
    inside(house.root).scheduleKeyDeletion({ KeyId: id }),
    'AccessDeniedException',
    /with an explicit deny in a VPC endpoint policy$/,
  )
  await house.root.kms.scheduleKeyDeletion({ KeyId: id })
})

test('the endpoint’s policy gives nobody anything', async () => {
  const { id } = await newKey(house.root)
  const poor = await house.user('poor')
  await refused(
    inside(poor).encrypt({ KeyId: id, Plaintext }),
    'AccessDeniedException',
    /because no identity-based policy allows the kms:Encrypt action$/,
  )
})
