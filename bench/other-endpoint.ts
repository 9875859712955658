import { callerOf } from './call-service.ts'
import { encryptInput } from './furnish.ts'
import type { Server } from './server-process.ts'
import type { Credentials } from './signed-request.ts'

/** Another server that speaks AWS KMS, to be measured beside ours with the same requests. */
export interface OtherEndpoint {
  /** What its rows are called by. */
  readonly name: string
  readonly server: Server
  readonly credentials: Credentials
  readonly keyIds: readonly string[]
  /** Inputs of Decrypt. */
  readonly sealed: readonly object[]
  /** Has a key that was made for the run deleted, as soon as KMS does that. */
  leave(): Promise<void>
}

const sealedCount = 50

/**
 * Readies a server for a run: with the key that is named, or one that is made for it.
 *
 * @throws Error in words for whoever typed the address
 */
export async function openEndpoint(
  { url, keyId, pid }: { readonly url: string; readonly keyId?: string; readonly pid?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OtherEndpoint> {
  const { hostname, port, protocol } = new URL(url)
  const isTls = protocol === 'https:'
  const credentials = credentialsIn(environment)
  const caller = callerOf(url, credentials)
  const kms = (operation: string, input: object) =>
    caller.kms(operation, input).catch((cause: Error) => {
      const reason = cause.cause instanceof Error ? cause.cause.message : cause.message
      throw new Error(`${operation} at ${url}: ${reason}`, { cause })
    })
  const made = keyId === undefined ? await kms('CreateKey', { Description: 'npm run bench' }) : undefined
  const usedKey = keyId ?? (made?.KeyMetadata as { KeyId: string }).KeyId
  const sealed: object[] = []
  for (let index = 0; index < sealedCount; index += 1) {
    const input = encryptInput([usedKey], index)
    const { CiphertextBlob } = await kms('Encrypt', input)
    sealed.push({ CiphertextBlob, KeyId: usedKey, EncryptionContext: input.EncryptionContext })
  }
  return {
    name: new URL(url).host,
    server: { host: hostname, port: Number(port) || (isTls ? 443 : 80), isTls, ...(pid && { pid }) },
    credentials,
    keyIds: [usedKey],
    sealed,
    async leave() {
      if (made === undefined) return
      await kms('ScheduleKeyDeletion', { KeyId: usedKey, PendingWindowInDays: 7 })
    },
  }
}

/** The same variables that AWS's own tools read. */
function credentialsIn(environment: Readonly<Record<string, string | undefined>>): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION } =
    environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error('--endpoint needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment')
  }
  const region = AWS_REGION ?? AWS_DEFAULT_REGION
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    ...(region && { region }),
  }
}
