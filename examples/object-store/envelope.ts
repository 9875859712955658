import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KMS } from '@aws-sdk/client-kms'
import type { ForwardAccessSession, Service } from './forward-access.ts'

/** What is stored of an object's encryption, beside its encrypted bytes. */
export interface Envelope {
  readonly keyArn: string
  /** The data key, encrypted under that key; base64. */
  readonly dataKey: string
  /** Base64. */
  readonly iv: string
  readonly context: Readonly<Record<string, string>>
}

interface Wish {
  readonly keyId: string
  readonly context: Readonly<Record<string, string>>
}

/** KMS, called as the user through this service. */
export function kmsFor({ credentials }: Pick<ForwardAccessSession, 'credentials'>, service: Service): KMS {
  const { endpoint, region } = service
  return new KMS({ endpoint, region, credentials, maxAttempts: 1 })
}

const algorithm = 'aes-256-gcm'
const tagBytes = 16

/** Encrypts bytes under a data key of their own, which is kept encrypted under the user's key. */
export async function seal(
  bytes: Uint8Array,
  kms: KMS,
  { keyId, context }: Wish,
): Promise<{ readonly envelope: Envelope; readonly sealed: Uint8Array }> {
  const { KeyId, Plaintext, CiphertextBlob } = await kms.generateDataKey({
    KeyId: keyId,
    KeySpec: 'AES_256',
    EncryptionContext: context,
  })
  const dataKey = Buffer.from(Plaintext ?? [])
  const iv = randomBytes(12)
  const cipher = createCipheriv(algorithm, dataKey, iv)
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  dataKey.fill(0)
  const envelope = {
    keyArn: String(KeyId),
    dataKey: Buffer.from(CiphertextBlob ?? []).toString('base64'),
    iv: iv.toString('base64'),
    context,
  }
  return { envelope, sealed }
}

/** The reverse: only for a user who may decrypt under the key, with this context. */
export async function open(sealed: Uint8Array, kms: KMS, envelope: Envelope): Promise<Uint8Array> {
  const { Plaintext } = await kms.decrypt({
    KeyId: envelope.keyArn,
    CiphertextBlob: Buffer.from(envelope.dataKey, 'base64'),
    EncryptionContext: { ...envelope.context },
  })
  const dataKey = Buffer.from(Plaintext ?? [])
  const end = sealed.length - tagBytes
  const decipher = createDecipheriv(algorithm, dataKey, Buffer.from(envelope.iv, 'base64'))
  dataKey.fill(0)
  decipher.setAuthTag(sealed.subarray(end))
  return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()])
}
