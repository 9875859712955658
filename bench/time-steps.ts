import { randomBytes } from 'node:crypto'
import { decide } from '../packages/server/src/access/decide.ts'
import { questionOf } from '../packages/server/src/access/question.ts'
import { hashOf, lineOf, noHash } from '../packages/server/src/audit/file/line.ts'
import type { Happening } from '../packages/server/src/audit/record.ts'
import { recordText } from '../packages/server/src/audit/record-text.ts'
import type { Call } from '../packages/server/src/call/call.ts'
import type { KeyEntry } from '../packages/server/src/catalog/key-entry.ts'
import { openBlob, sealBlob } from '../packages/server/src/crypto/ciphertext-blob.ts'
import { derive } from '../packages/server/src/crypto/kdf.ts'
import type { WireRequest } from '../packages/server/src/http/endpoint.ts'
import { readCredential, verifySignature } from '../packages/server/src/http/signature.ts'
import { keyArn } from '../packages/server/src/keys/key.ts'
import { jsonReader, jsonWriter } from '../packages/server/src/protocol/json-1-1.ts'
import { kms } from '../packages/server/src/protocol/models/kms.ts'
import { dataKeyInput, encryptInput } from './furnish.ts'
import { median } from './median.ts'
import { type OwnHouse, openOwnHouse } from './own-house.ts'
import { type Credentials, region, signedBytes } from './signed-request.ts'

/** What one step of a call costs, or a whole call without network and disk, in CPU time. */
export interface StepTime {
  readonly name: string
  /** The quickest sample: what the step costs when no neighbour has emptied the caches. */
  readonly least: number
  readonly microseconds: number
}

/** Something done over and over. */
interface Step {
  readonly name: string
  /** Does it so often. */
  readonly run: (count: number) => Promise<void> | void
}

const samples = 31
const countPerSample = 800
const inFlight = 64

/** Times every step in turns, so that all see the same neighbours. CPU time of all threads: garbage is part of a step. */
export async function timeSteps(): Promise<readonly StepTime[]> {
  const steps = await madeSteps()
  const times = steps.map((): number[] => [])
  for (let sample = -12; sample < samples; sample += 1) {
    for (const [index, { run }] of steps.entries()) {
      const before = process.cpuUsage()
      await run(countPerSample)
      const { user, system } = process.cpuUsage(before)
      // The first ones only warm up.
      if (sample >= 0) times[index]?.push((user + system) / countPerSample)
    }
  }
  return steps.map(({ name }, index) => {
    const taken = times[index] ?? []
    return { name, least: Math.min(...taken), microseconds: median(taken) }
  })
}

/** The steps, ready to be run; for whoever profiles one of them alone. */
export async function madeSteps(): Promise<readonly Step[]> {
  return stepsOf(await furnishedHouse())
}

/** A service with keys, a user who may use them, and what they were used for. */
interface Furnished {
  readonly house: OwnHouse
  readonly user: Credentials
  readonly stranger: Credentials
  readonly keyIds: readonly string[]
  readonly sealed: readonly object[]
}

const root: Credentials = { accessKeyId: 'AKIABENCHMARKROOT', secretAccessKey: 'a-secret-of-the-benchmark' }
const account = '111122223333'

async function furnishedHouse(): Promise<Furnished> {
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

interface Asked {
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
function requestOf(asked: Asked): WireRequest {
  const bytes = Buffer.from(signedBytes({ host: '127.0.0.1:8420', now: Date.now(), ...asked }))
  const end = bytes.indexOf('\r\n\r\n')
  const [, ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(': ')
    return [line.slice(0, colon), line.slice(colon + 2)]
  })
  const userAgent = headers[headers.indexOf('user-agent') + 1] ?? ''
  const connection = { sourceIp: '127.0.0.1', userAgent, host: '127.0.0.1:8420' }
  return { method: 'POST', path: '/', query: '', headers, body: bytes.subarray(end + 4), connection }
}

async function stepsOf(furnished: Furnished): Promise<readonly Step[]> {
  const { house, user, stranger, keyIds, sealed } = furnished
  const encrypting = (index: number) => encryptInput(keyIds, index)
  const calls: readonly [string, Credentials, string, (index: number) => object, number][] = [
    ['Encrypt by a user', user, 'Encrypt', encrypting, 200],
    ['Encrypt refused', stranger, 'Encrypt', encrypting, 400],
    ['Decrypt by a user', user, 'Decrypt', (index) => sealed[index % sealed.length] ?? {}, 200],
    ['GenerateDataKey by a user', user, 'GenerateDataKey', (index) => dataKeyInput(keyIds, index), 200],
  ]
  return [
    ...(await singleSteps(furnished)),
    ...calls.map(([name, credentials, operation, input, status]) => {
      const requests = Array.from({ length: 1000 }, (_, index) =>
        requestOf({ operation, input: input(index), credentials }),
      )
      return { name: `whole: ${name}`, run: manyAtOnce(house, requests, status) }
    }),
  ]
}

/** Calls as they are under load: so many at a time, each waiting for its record. */
function manyAtOnce(house: OwnHouse, requests: readonly WireRequest[], wanted: number): Step['run'] {
  return async (count) => {
    let next = 0
    const one = async () => {
      while (next < count) {
        const request = requests[next++ % requests.length]
        if (request === undefined) continue
        const { status, body } = await house.answer(request)
        if (status !== wanted) throw new Error(`answered ${status}: ${body}`)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, one))
  }
}

async function singleSteps({ house, user, keyIds }: Furnished): Promise<readonly Step[]> {
  const { parts, catalog } = house
  const request = requestOf({ operation: 'Encrypt', input: encryptInput(keyIds, 1), credentials: user })
  const read = jsonReader(kms, 'Encrypt')
  const write = jsonWriter(kms, 'Encrypt')
  const input = read(request.body)
  const holder = await catalog.principals.holder(user.accessKeyId)
  const key = await catalog.key(keyArn({ account, region, keyId: keyIds[1] ?? '' }))
  if (holder === undefined || key === undefined) throw new Error('the user and the key are there')
  const materialId = key.currentMaterialId ?? ''
  const secret = (await catalog.material(key, materialId))?.secret
  if (secret === undefined) throw new Error('the key has its material')
  const { EncryptionContext: encryptionContext = {}, Plaintext: plaintext } = input
  const sealing = { secret, encryptionContext, account, keyId: key.key.keyId, materialId }
  const blob = sealBlob(plaintext, sealing, parts.chance)
  const output = { CiphertextBlob: blob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const }
  const { connection } = request
  const call: Call = {
    caller: holder.caller,
    service: 'kms',
    region,
    now: Date.now(),
    requestId: parts.chance.uuid(),
    connection,
  }
  const question = await questionOf(needOf(key, encryptionContext), call, catalog)
  const decision = decide(question)
  const happening: Happening = {
    call,
    eventId: parts.chance.uuid(),
    operation: 'Encrypt',
    input,
    output,
    keys: [key],
    otherResources: [],
    refusal: undefined,
    decisions: [decision],
    extra: {},
  }
  const json = recordText(happening)
  const [nonce, associatedData] = [randomBytes(32), randomBytes(150)]
  const steps: readonly [string, () => unknown][] = [
    ['signature', () => verifySignature(readCredential(request), request, user.secretAccessKey, call.now)],
    ['JSON in', () => read(request.body)],
    [
      'question and decision',
      async () => decide(await questionOf(needOf(key, encryptionContext), call, catalog)),
    ],
    ['key derivation', () => derive(secret, 'claviger ciphertext blob v1', nonce, associatedData)],
    ['seal', () => sealBlob(plaintext, sealing, parts.chance)],
    ['open', () => openBlob(blob, { secret, encryptionContext })],
    ['record', () => recordText(happening)],
    ['journal line', () => hashOf(lineOf({ sequence: 1234567, previous: noHash }, json))],
    ['JSON out', () => write(output)],
  ]
  return steps.map(([name, once]) => ({ name, run: repeated(once) }))
}

function repeated(once: () => unknown): Step['run'] {
  return async (count) => {
    for (let index = 0; index < count; index += 1) {
      const result = once()
      if (result instanceof Promise) await result
    }
  }
}

function needOf(key: KeyEntry, encryptionContext: Readonly<Record<string, string>>) {
  const facts = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext }
  return { action: 'kms:Encrypt', resource: key.arn, key, named: 'by-caller' as const, facts }
}
