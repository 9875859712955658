import { hash, timingSafeEqual } from 'node:crypto'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'
import { Refusal } from '../protocol/errors.ts'
import { type CanonicalParts, canonicalRequest, type PathForm } from '../sigv4/canonical.ts'
import { CanonicalBytes } from '../sigv4/canonical-bytes.ts'
import { basicTime } from '../sigv4/signature-time.ts'
import { createSigner, type Signer } from '../sigv4/signing-key.ts'
import type { Credential, SignedRequest } from './credential.ts'

export { type Credential, credentialIn, readCredential, type SignedRequest } from './credential.ts'

/** How far a signature's time may be from ours, for clocks that disagree and requests that travel. */
const skewMinutes = 5
const minute = 60_000

/** Refuses a scope that is not meant for this service in this installation. */
export function requireScope(
  { scope }: Pick<Credential, 'scope'>,
  served: { readonly service: string; readonly regions: readonly string[] },
): void {
  const sentences: string[] = []
  if (!served.regions.includes(scope.region)) sentences.push('Credential should be scoped to a valid region.')
  if (scope.service !== served.service)
    sentences.push(`Credential should be scoped to correct service: '${served.service}'.`)
  if (sentences.length > 0) throw new Refusal('InvalidSignatureException', sentences.join(' '))
}

/** Refuses a signature whose time is not now. `now` is in milliseconds. */
export function requireCurrent({ time, timeText, expiresSeconds }: Credential, now: number): void {
  const minutes = expiresSeconds === undefined ? skewMinutes : expiresSeconds / 60
  const earliest = now - minutes * minute
  const latest = now + skewMinutes * minute
  if (time < earliest)
    throw new Refusal(
      'InvalidSignatureException',
      `Signature expired: ${timeText} is now earlier than ${basicTime(earliest)} (${basicTime(now)} - ${Number(minutes.toFixed(2))} min.)`,
    )
  if (time > latest)
    throw new Refusal(
      'InvalidSignatureException',
      `Signature not yet current: ${timeText} is still later than ${basicTime(latest)} (${basicTime(now)} + ${skewMinutes} min.)`,
    )
}

/**
 * Refuses a request that the holder of the secret did not sign, or not now, or that has changed since.
 * Every difference gets the same answer, so that nobody learns which part of a guess was right.
 */
export function verifySignature(
  credential: Credential,
  request: Omit<SignedRequest, 'headers'>,
  secretAccessKey: string,
  now: number,
): void {
  requireCurrent(credential, now)
  const { method, path, query } = request
  verifySigned(
    credential,
    { method, path, query, bodyHash: hash('sha256', request.body, 'hex'), pathForm: 'normal' },
    secretAccessKey,
  )
}

/** A request as it was signed: with the hash of its body in place of the body. */
export interface SignedParts extends Omit<SignedRequest, 'body'> {
  readonly bodyHash: string
  readonly pathForm: PathForm
}

/** The same for a request of which only the body's hash is here, and whatever its time. */
export function verifySigned(
  credential: Credential,
  { method, path, query, bodyHash, pathForm }: Omit<SignedParts, 'headers'>,
  secretAccessKey: string,
): void {
  // Only S3 takes a body on trust, so a hash that is given must be the true one, whatever it says.
  const claimed = credential.headers.get('x-amz-content-sha256')
  if (claimed !== undefined && claimed !== bodyHash) throw mismatch()
  const { headers, signedHeaders, known } = credential
  const parts = { method, path, query, headers, bodyHash, pathForm }
  const { canonical } = known ?? {}
  // Taken out until the request has verified: what others claim in this client's name is not kept.
  if (known !== undefined) known.canonical = undefined
  const bytes = canonical === undefined ? plainBytes({ ...parts, signedHeaders }) : canonical.write(parts)
  if (bytes === undefined) throw mismatch()
  const kept = signers.get(credential.text)
  const isKept = kept?.secretAccessKey === secretAccessKey
  const signer = isKept ? kept.signer : createSigner(secretAccessKey, credential.scope)
  const wanted = signer(credential.timeText, hash('sha256', bytes, 'hex'))
  if (!isSame(wanted, credential.signature)) throw mismatch()
  if (!isKept) signers.set(credential.text, { secretAccessKey, signer })
  if (known !== undefined && bytes.length <= canonicalBytesMost) {
    known.canonical = canonical ?? new CanonicalBytes(signedHeaders)
  }
}

/** Longer ones are not kept for the next. */
const canonicalBytesMost = 4096

function plainBytes(parts: CanonicalParts): Uint8Array | undefined {
  const text = canonicalRequest(parts)
  return text === undefined ? undefined : Buffer.from(text, 'latin1')
}

const mismatch = () => new Refusal('InvalidSignatureException')

/**
 * Signers by the whole text of a credential, which names access key, day, Region and service. A signer serves
 * only the secret it was made from, so a replaced secret is never outlived by the old one. Only what has
 * verified is kept: nobody can push others out without a secret of their own.
 */
const signers = new CountedCache<string, { readonly secretAccessKey: string; readonly signer: Signer }>(
  'signing_keys',
  4096,
)

/** How well they serve. */
export const signerCache = (): CacheReading => signers.reading()

const wantedBytes = Buffer.alloc(64)
const actualBytes = Buffer.alloc(64)

/** Compares without telling by its duration how much of a guess was right. */
function isSame(wanted: string, actual: string): boolean {
  if (actual.length !== 64 || wanted.length !== 64) return false
  wantedBytes.write(wanted, 'latin1')
  actualBytes.write(actual, 'latin1')
  return timingSafeEqual(wantedBytes, actualBytes)
}
