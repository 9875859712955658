import { generateMac } from './mac.ts'
import { Secret } from './secret.ts'

const prefix = 'whsec_'

/** Shorter than any that a generator makes, and too short to be safe (the specification asks for 24 to 64 bytes). */
const secretBytesLeast = 24

/**
 * The secrets of a webhook, as receivers that follow the Standard Webhooks specification
 * (https://github.com/standard-webhooks/standard-webhooks) write them: `whsec_` and base64. Several, with blanks or
 * line breaks between them, while one takes another's place.
 *
 * @returns `undefined` for anything else
 */
export function readWebhookSecrets(written: string): readonly Secret[] | undefined {
  const texts = written.split(/\s+/).filter((text) => text !== '')
  const secrets = texts.flatMap((text) => {
    const bytes = Buffer.from(text.replace(prefix, ''), 'base64')
    const isWhole = text.startsWith(prefix) && bytes.toString('base64') === text.slice(prefix.length)
    return isWhole && bytes.length >= secretBytesLeast ? [new Secret(bytes)] : []
  })
  return texts.length > 0 && secrets.length === texts.length ? secrets : undefined
}

/** What is signed: the id of a message, when it is sent (seconds since the epoch), and its body. */
export interface WebhookMessage {
  readonly id: string
  readonly second: number
  readonly body: string
}

/** The value of `webhook-signature`: a signature for each secret. */
export function webhookSignature(secrets: readonly Secret[], { id, second, body }: WebhookMessage): string {
  const text = Buffer.from(`${id}.${second}.${body}`)
  return secrets
    .map((secret) => `v1,${generateMac(secret, 'HMAC_SHA_256', text).toString('base64')}`)
    .join(' ')
}
