import type { Caller } from '../call/call.ts'
import type { PresentedRequest, PresentedRequests } from '../call/presented-request.ts'
import { signingNameOf } from '../identity/service-principal.ts'
import { Refusal } from '../protocol/errors.ts'
import { holderOf, type Known, noteUse, requireOpenAccount } from './authenticate.ts'
import { RememberedSignatures } from './remembered-signatures.ts'
import {
  type Credential,
  readCredential,
  requireCurrent,
  requireScope,
  type SignedParts,
  verifySigned,
} from './signature.ts'

/** How long after its time a request can still be presented. */
const freshMs = 300_000

/** Whoever remembers what was accepted. */
export interface Remembered {
  /** @throws Refusal when it is remembered already, or nothing more can be */
  remember(signature: string, times: { readonly until: number; readonly now: number }): void
}

interface Ground extends Known {
  /** When remembering began: of what was signed before, nobody knows whether it was presented before. */
  readonly since: number
}

/** Believes each request that users signed for services once, by the rules for requests to us. */
export function presentedRequests(
  { since, ...known }: Ground,
  accepted: Remembered = new RememberedSignatures(),
): PresentedRequests {
  return {
    async accept(request, service, now) {
      const { credential, caller } = await verified(request, service, now, { since, ...known })
      accepted.remember(credential.signature, { until: credential.time + freshMs, now })
      const { accessKeyId, sessionToken } = credential
      return { caller, accessKeyId, ...(sessionToken !== undefined && { sessionToken }) }
    },
  }
}

/** @throws Refusal `PresentedRequestInvalidException`, with the code and words that its sender would have got here */
async function verified(
  request: PresentedRequest,
  service: string,
  now: number,
  { since, ...known }: Ground,
): Promise<{ readonly credential: Credential; readonly caller: Caller }> {
  const parts = partsOf(request, service)
  try {
    const credential = readCredential(parts)
    requireMeantFor(service, credential)
    requireCurrent(credential, now)
    // A presigned request is good for longer elsewhere: here it is one request, sent now.
    requireCurrent({ ...credential, expiresSeconds: undefined }, now)
    if (credential.time < wholeSecond(since)) throw madeTooEarly()
    const holder = await holderOf(credential, now, known)
    verifySigned(credential, parts, holder.secretAccessKey)
    requireOwn(holder.caller)
    await requireOpenAccount(holder.caller, known)
    noteUse(holder, credential, now, known)
    return { credential, caller: holder.caller }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal('PresentedRequestInvalidException', `${error.row.query}: ${error.message}`)
  }
}

function requireMeantFor(service: string, { scope }: Credential): void {
  const { service: name, region = scope.region } = signingNameOf(service)
  requireScope({ scope }, { service: name, regions: [region] })
}

function partsOf({ method, path, query, headers, bodyHash }: PresentedRequest, service: string): SignedParts {
  const isS3 = signingNameOf(service).service === 's3'
  if (!/^[0-9a-f]{64}$/.test(bodyHash) && !isS3) {
    throw new Refusal('ValidationException', 'BodyHash is not a SHA-256 in lower-case hex')
  }
  return { method, path, query, headers, bodyHash, pathForm: isS3 ? 'as-sent' : 'normal' }
}

/** Signatures have whole seconds. */
const wholeSecond = (time: number) => time - (time % 1000)

const madeTooEarly = () =>
  new Refusal('InvalidSignatureException', 'Signature expired: it was made before this service was started')

/** A service's own request is no user's, and what a service was given for a user goes no further. */
function requireOwn({ principal, via }: Caller): void {
  if (principal.kind !== 'service' && via === undefined) return
  throw new Refusal(
    'AccessDeniedException',
    'The request was not signed by a user with credentials of their own',
  )
}
