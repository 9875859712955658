import { randomBytes } from 'node:crypto'
import { decide } from '../packages/server/src/access/decide.ts'
import type { Need } from '../packages/server/src/access/need.ts'
import { questionOf } from '../packages/server/src/access/question.ts'
import { hashOf, lineOf, noHash } from '../packages/server/src/audit/file/line.ts'
import { nothingKnown } from '../packages/server/src/audit/record.ts'
import { recordText } from '../packages/server/src/audit/record-text.ts'
import type { Call } from '../packages/server/src/call/call.ts'
import type { KeyEntry } from '../packages/server/src/catalog/key-entry.ts'
import { openBlob, sealBlob } from '../packages/server/src/crypto/ciphertext-blob.ts'
import { derive } from '../packages/server/src/crypto/kdf.ts'
import type { Secret } from '../packages/server/src/crypto/secret.ts'
import { credentialIn, verifySignature } from '../packages/server/src/http/signature.ts'
import type { WireRequest } from '../packages/server/src/http/wire.ts'
import { keyArn } from '../packages/server/src/keys/key.ts'
import { jsonReader, jsonWriter } from '../packages/server/src/protocol/json-1-1.ts'
import { kms } from '../packages/server/src/protocol/models/kms.ts'
import { dataKeyInput, encryptInput } from './furnish.ts'
import { type FurnishedHouse, requestOf } from './furnished-house.ts'
import { account, type OwnHouse } from './own-house.ts'
import { type Credentials, region } from './signed-request.ts'

/** Something done over and over. */
export interface Step {
  readonly name: string
  /** Does it so often. */
  readonly run: (count: number) => Promise<void> | void
}

const inFlight = 64

/** Whole calls without a network and a disk, and each of the steps that one is made of. */
export async function stepsOf(furnished: FurnishedHouse): Promise<readonly Step[]> {
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

/** One call of Encrypt, as far as its steps need it. */
interface OneCall {
  readonly request: WireRequest
  readonly call: Call
  readonly key: KeyEntry
  readonly secret: Secret
  readonly materialId: string
}

async function oneCall({ house, user, keyIds }: FurnishedHouse): Promise<OneCall> {
  const { catalog, parts } = house
  const request = requestOf({ operation: 'Encrypt', input: encryptInput(keyIds, 1), credentials: user })
  const holder = await catalog.principals.holder(user.accessKeyId)
  const key = await catalog.key(keyArn({ account, region, keyId: keyIds[1] ?? '' }))
  const materialId = key?.currentMaterialId ?? ''
  const secret = key && (await catalog.material(key, materialId))?.secret
  if (holder === undefined || key === undefined || secret === undefined)
    throw new Error('the user and the key are there')
  const { caller } = holder
  const { connection } = request
  const requestId = parts.chance.uuid()
  const call: Call = { caller, service: 'kms', region, now: Date.now(), requestId, connection }
  return { request, call, key, secret, materialId }
}

async function singleSteps(furnished: FurnishedHouse): Promise<readonly Step[]> {
  const { catalog, parts } = furnished.house
  const { chance } = parts
  const { request, call, key, secret, materialId } = await oneCall(furnished)
  const [read, write] = [jsonReader(kms, 'Encrypt'), jsonWriter(kms, 'Encrypt')]
  const input = read(request.body)
  const { EncryptionContext: encryptionContext = {}, Plaintext: plaintext } = input
  const sealing = { secret, encryptionContext, account, keyId: key.key.keyId, materialId }
  const blob = sealBlob(plaintext, sealing, chance)
  const facts = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext }
  const need: Need = { action: 'kms:Encrypt', resource: key.arn, key, named: 'by-caller', facts }
  const asked = async () => decide(await questionOf(need, call, catalog))
  const known = { ...nothingKnown, call, eventId: chance.uuid(), operation: 'Encrypt', input, keys: [key] }
  const happening = { ...known, decisions: [await asked()] }
  const json = recordText(happening)
  const [nonce, associatedData] = [randomBytes(32), randomBytes(150)]
  const { secretAccessKey } = furnished.user
  const steps: readonly [string, () => unknown][] = [
    [
      'signature',
      () => verifySignature(credentialIn(request.fields, request.query), request, secretAccessKey, call.now),
    ],
    ['JSON in', () => read(request.body)],
    ['question and decision', asked],
    ['key derivation', () => derive(secret, 'claviger ciphertext blob v1', nonce, associatedData)],
    ['seal', () => sealBlob(plaintext, sealing, chance)],
    ['open', () => openBlob(blob, { secret, encryptionContext })],
    ['record', () => recordText(happening)],
    ['journal line', () => hashOf(lineOf({ sequence: 1234567, previous: noHash }, json))],
    ['JSON out', () => write({ CiphertextBlob: blob, KeyId: key.arn })],
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
