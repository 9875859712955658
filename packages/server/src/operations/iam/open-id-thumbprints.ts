import { quotaOf } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'

/** Thumbprints of a provider as they are kept. @throws Refusal `InvalidInputException` */
export function readThumbprints(thumbprints: readonly string[] = []): readonly string[] {
  const most = quotaOf('ThumbprintsPerOpenIdConnectProvider')
  if (thumbprints.length > most) {
    throw new Refusal('InvalidInputException', `Thumbprint list must contain fewer than ${most} entries.`)
  }
  if (thumbprints.some((thumbprint) => !/^[0-9a-f]{40}$/i.test(thumbprint))) {
    throw new Refusal(
      'InvalidInputException',
      'A thumbprint is the SHA-1 of a certificate, in hexadecimal digits.',
    )
  }
  return thumbprints.map((thumbprint) => thumbprint.toLowerCase())
}
