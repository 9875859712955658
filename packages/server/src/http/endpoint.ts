import type { Logger } from 'pino'
import type { Chance } from '../base/chance.ts'
import type { Clock } from '../base/clock.ts'
import { type Soon, whenHere } from '../base/soon.ts'
import type { Call, Caller } from '../call/call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { CallWatch, type Watching } from '../metrics/call-watch.ts'
import { Refusal } from '../protocol/errors.ts'
import { isServiceName, type ServiceName, serviceRow } from '../protocol/services.ts'
import { type Speaker, speakerOf } from '../protocol/speakers.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Service } from '../service.ts'
import { authenticate, holderOf } from './authenticate.ts'
import { type Credential, credentialIn, requireCurrent, requireScope } from './signature.ts'
import { unsignedCaller } from './unsigned.ts'
import type { WireReply, WireRequest } from './wire.ts'

export interface EndpointParts {
  readonly service: Service
  readonly catalog: Catalog
  readonly safe: Safe
  readonly clock: Clock
  readonly chance: Chance
  /** Regions that are served. */
  readonly regions: readonly string[]
  readonly log: Logger
  readonly watching: Watching
}

/** Where services without Regions of their own are signed for. */
const globalRegion = 'us-east-1'

/**
 * Answers one request: who signed it, which service and operation it is for, what comes of it. Never throws: what
 * goes wrong is an answer too, in the protocol the caller speaks.
 */
export function createEndpoint(parts: EndpointParts): (request: WireRequest) => Promise<WireReply> {
  return async (request) => {
    const requestId = parts.chance.uuid()
    const watch = new CallWatch(parts.watching, request)
    let speaker: Speaker | undefined
    try {
      const now = parts.clock.now()
      const meant = serviceMeant(request)
      const { service } = meant
      watch.service = service
      speaker = speakerOf(service)
      const signer = signerOf(request, meant, now, parts)
      // Waiting for what is there already would cost as much as a hash.
      const { caller, region, headers } = signer instanceof Promise ? await signer : signer
      watch.span?.did('authenticate')
      const { operation, readInput, write } = speaker.read(request, { headers })
      watch.operation = operation
      const { connection } = request
      const call: Call = { caller, service, region, now, requestId, connection, span: watch.span }
      const output = await parts.service.call(call, operation, readInput)
      const { status, contentType, body } = write(output, requestId)
      return watch.answered({ status, contentType, body, requestId })
    } catch (error) {
      logBug(error, requestId, parts.log)
      speaker ??= speakerOf(likelyService(request.fields))
      const reply: WireReply = { ...speaker.refuse(error, requestId), requestId, ...encodedIn(error) }
      return watch.refused(reply, error)
    }
  }
}

function encodedIn(error: unknown): Pick<WireReply, 'encodedMessage'> {
  const encodedMessage = error instanceof Refusal ? error.encodedMessage : undefined
  return encodedMessage === undefined ? {} : { encodedMessage }
}

/** The service a request is for, and what says so: a signature, or that it is the one that needs none. */
type Meant =
  | { readonly service: ServiceName; readonly credential: Credential }
  | { readonly service: 'sts'; readonly unsigned: Caller }

function serviceMeant(request: WireRequest): Meant {
  const unsigned = unsignedCaller(request)
  if (unsigned !== undefined) return { service: 'sts', unsigned }
  const credential = credentialIn(request.fields, request.query)
  return { service: serviceSigned(credential), credential }
}

interface Signer {
  readonly caller: Caller
  readonly region: string
  readonly headers: ReadonlyMap<string, string>
}

/** Who calls, and for which Region. @throws Refusal when nobody we know signed it, or not this, or not now */
function signerOf(request: WireRequest, meant: Meant, now: number, parts: EndpointParts): Soon<Signer> {
  if ('unsigned' in meant) {
    return { caller: meant.unsigned, region: parts.regions[0] ?? globalRegion, headers: new Map() }
  }
  const { service, credential } = meant
  requireMeant(service, credential, now, parts)
  const { headers, scope } = credential
  const authenticated = authenticate(credential, request, now, parts)
  return whenHere(authenticated, (caller) => ({ caller, region: scope.region, headers }))
}

/** @throws Refusal for a signature of another time, or for another service or Region */
function requireMeant(
  service: ServiceName,
  credential: Credential,
  now: number,
  { regions }: Pick<EndpointParts, 'regions'>,
): void {
  requireCurrent(credential, now)
  requireScope(credential, { service, regions: regionsOf(service, regions) })
}

/**
 * Looks at a request whose body is not there yet. What is refused for its headers alone is refused as it would be
 * with its body: the checks are those that come before the body is needed, in the same order.
 *
 * @returns nothing when the body has to be waited for
 */
export async function refuseEarly(
  { fields, query }: Pick<WireRequest, 'fields' | 'query'>,
  parts: EndpointParts,
): Promise<WireReply | undefined> {
  // Without a signature it may be the one operation that needs none, which only its body says.
  if (!fields.has('authorization') && !query.includes('X-Amz-')) return undefined
  let speaker = speakerOf(likelyService(fields))
  try {
    const now = parts.clock.now()
    const credential = credentialIn(fields, query)
    const service = serviceSigned(credential)
    speaker = speakerOf(service)
    requireMeant(service, credential, now, parts)
    await holderOf(credential, now, parts)
    return undefined
  } catch (error) {
    // A bug of ours will show again, where it is logged.
    if (!(error instanceof Refusal)) return undefined
    const requestId = parts.chance.uuid()
    return { ...speaker.refuse(error, requestId), requestId }
  }
}

/** What was no refusal is a bug of ours: the caller reads nothing of it, so the log must say it. */
function logBug(error: unknown, requestId: string, log: Logger): void {
  const cause = error instanceof Refusal ? error.row.fault === 'receiver' && error.cause : error
  if (cause) log.error({ err: cause, requestId }, 'a call failed for a reason that is not the caller’s')
}

/** The service whose protocol to answer in before the signature has said which it is. */
export function likelyService(fields: ReadonlyMap<string, string>): ServiceName {
  return fields.get('content-type')?.startsWith('application/x-www-form-urlencoded') ? 'iam' : 'kms'
}

/** The service that was signed for: of several on this port the one the scope names, but only JSON has targets. */
function serviceSigned({ scope, headers }: Credential): ServiceName {
  if (!isServiceName(scope.service)) return 'kms'
  return headers.has('x-amz-target') && serviceRow(scope.service).protocol !== 'json' ? 'kms' : scope.service
}

/** The Regions that a request for a service may be signed for. */
function regionsOf(service: ServiceName, served: readonly string[]): readonly string[] {
  const { regions } = serviceRow(service)
  if (regions === 'each') return served
  return regions === 'global' ? [globalRegion] : [...served, globalRegion]
}
