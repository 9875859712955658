import { newSecretAccessKey } from '../../identity/access-key.ts'
import { newSessionKeyId, type Session } from '../../identity/session.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Credentials } from '../../protocol/models/sts.ts'
import { packedPercentage } from '../../root-key/session-token.ts'
import type { Parts } from '../parts.ts'

/** What a session is to be; the rest follows. */
export interface Wanted extends Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'issuedAt' | 'expiresAt'> {
  readonly seconds: number
}

interface Issued {
  readonly Credentials: Credentials
  /** Only where there are policies or tags to be packed. */
  readonly PackedPolicySize?: number
}

/**
 * Makes temporary credentials. Nothing is stored: all they stand for is in their token.
 *
 * @throws Refusal `PackedPolicyTooLargeException`
 */
export function issueSession(
  { seconds, ...wanted }: Wanted,
  now: number,
  { safe, chance }: Pick<Parts, 'safe' | 'chance'>,
): Issued {
  const percentage = packedPercentage(wanted)
  if (percentage > 100) {
    throw new Refusal(
      'PackedPolicyTooLargeException',
      `Packed policy consumes ${percentage}% of allotted space, please use smaller policy.`,
    )
  }
  const issuedAt = Math.floor(now / 1000) * 1000
  const session: Session = {
    ...wanted,
    accessKeyId: newSessionKeyId(chance),
    secretAccessKey: newSecretAccessKey(chance),
    issuedAt,
    expiresAt: issuedAt + seconds * 1000,
  }
  const isPacked = session.policies.length > 0 || session.tags.length > 0
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: safe.sessionToken(session),
      Expiration: new Date(session.expiresAt),
    },
    ...(isPacked && { PackedPolicySize: percentage }),
  }
}
