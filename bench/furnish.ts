import { randomBytes } from 'node:crypto'
import { type Caller, callerOf } from './call-service.ts'
import type { Credentials } from './signed-request.ts'

/** What a fresh service is given so that there is something to ask of it. */
export interface Furnished {
  readonly user: Credentials
  readonly keyIds: readonly string[]
  /** Inputs of Decrypt, ciphertext blobs and all. */
  readonly sealed: readonly object[]
  /** How long an answer to Encrypt is. */
  readonly answerBytes: number
}

const keyCount = 10
const sealedCount = 200
const plaintextBytes = 32

/** Makes keys under the default policy, a user whose identity policy lets him use them, and ciphertext blobs. */
export async function furnish(url: string, root: Credentials): Promise<Furnished> {
  const caller = callerOf(url, root)
  const keys = await Promise.all(Array.from({ length: keyCount }, () => makeKey(caller)))
  const keyIds = keys.map(({ keyId }) => keyId)
  const user = await makeUser(
    caller,
    keys.map(({ arn }) => arn),
  )
  const sealed = await Promise.all(
    Array.from({ length: sealedCount }, async (_, index) => {
      const input = encryptInput(keyIds, index)
      const { CiphertextBlob } = await caller.kms('Encrypt', input)
      return { CiphertextBlob, KeyId: input.KeyId, EncryptionContext: input.EncryptionContext }
    }),
  )
  const answerBytes = await caller.answerBytes('Encrypt', encryptInput(keyIds, 0))
  return { user, keyIds, sealed, answerBytes }
}

/** An input of Encrypt, every time with another plaintext and one of about a hundred encryption contexts. */
export function encryptInput(keyIds: readonly string[], index: number) {
  return {
    KeyId: keyIds[index % keyIds.length] ?? '',
    Plaintext: randomBytes(plaintextBytes).toString('base64'),
    EncryptionContext: encryptionContext(index),
  }
}

export function dataKeyInput(keyIds: readonly string[], index: number): object {
  return {
    KeyId: keyIds[index % keyIds.length],
    KeySpec: 'AES_256',
    EncryptionContext: encryptionContext(index),
  }
}

function encryptionContext(index: number): Readonly<Record<string, string>> {
  return { Department: 'Finance', Purpose: 'Test', Id: `r${index % 97}` }
}

async function makeKey(caller: Caller): Promise<{ readonly keyId: string; readonly arn: string }> {
  const { KeyMetadata } = await caller.kms('CreateKey', {})
  const { KeyId, Arn } = KeyMetadata as { KeyId: string; Arn: string }
  return { keyId: KeyId, arn: Arn }
}

async function makeUser(caller: Caller, keyArns: readonly string[]): Promise<Credentials> {
  await caller.iam('CreateUser', { UserName: 'alice' })
  await caller.iam('PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'use-keys',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: keyArns,
      },
    }),
  })
  const xml = await caller.iam('CreateAccessKey', { UserName: 'alice' })
  const member = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(xml)?.[1] ?? ''
  return { accessKeyId: member('AccessKeyId'), secretAccessKey: member('SecretAccessKey') }
}
