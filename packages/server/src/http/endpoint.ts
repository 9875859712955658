import type { Logger } from 'pino'
import type { Chance } from '../base/chance.ts'
import type { Clock } from '../base/clock.ts'
import type { Call, Connection } from '../call/call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Holder } from '../catalog/principals.ts'
import { Refusal } from '../protocol/errors.ts'
import { isServiceName, type ServiceName } from '../protocol/services.ts'
import { type Reply, speakerOf } from '../protocol/speakers.ts'
import type { Service } from '../service.ts'
import {
  type Credential,
  readCredential,
  requireCurrent,
  requireScope,
  type SignedRequest,
  verifySignature,
} from './signature.ts'

/** A request as the network brought it, and what the network knows of where it came from. */
export interface WireRequest extends SignedRequest {
  readonly connection: Connection
}

export interface WireReply extends Reply {
  readonly requestId: string
}

export interface EndpointParts {
  readonly service: Service
  readonly catalog: Catalog
  readonly clock: Clock
  readonly chance: Chance
  /** Regions that are served. */
  readonly regions: readonly string[]
  readonly log: Logger
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
    let speaker = speakerOf(likelyService(request.headers))
    try {
      const now = parts.clock.now()
      const credential = readCredential(request)
      const service = serviceMeant(credential)
      speaker = speakerOf(service)
      requireCurrent(credential, now)
      requireScope(credential, { service, regions: regionsOf(service, parts.regions) })
      const { caller } = await authenticate(credential, request, now, parts.catalog)
      const { operation, readInput, write } = speaker.read(request, credential)
      const call: Call = {
        caller,
        service,
        region: credential.scope.region,
        now,
        requestId,
        connection: request.connection,
      }
      const output = await parts.service.call(call, operation, readInput)
      return { ...write(output, requestId), requestId }
    } catch (error) {
      logBug(error, requestId, parts.log)
      return { ...speaker.refuse(error, requestId), requestId }
    }
  }
}

/** What was no refusal is a bug of ours: the caller reads nothing of it, so the log must say it. */
function logBug(error: unknown, requestId: string, log: Logger): void {
  const cause = error instanceof Refusal ? error.row.fault === 'receiver' && error.cause : error
  if (cause) log.error({ err: cause, requestId }, 'a call failed for a reason that is not the caller’s')
}

/** The service whose protocol to answer in before the signature has said which it is. */
function likelyService(headers: readonly string[]): ServiceName {
  const isForm = headers.some(
    (name, index) =>
      index % 2 === 0 &&
      name.toLowerCase() === 'content-type' &&
      headers[index + 1]?.startsWith('application/x-www-form-urlencoded'),
  )
  return isForm ? 'iam' : 'kms'
}

/** The service that was signed for: of several on this port the one the scope names, but targets are KMS's alone. */
function serviceMeant({ scope, headers }: Credential): ServiceName {
  return isServiceName(scope.service) && !headers.has('x-amz-target') ? scope.service : 'kms'
}

/** IAM has no Regions; STS has, and one more that stands for all of them. */
function regionsOf(service: ServiceName, regions: readonly string[]): readonly string[] {
  if (service === 'kms') return regions
  return service === 'iam' ? [globalRegion] : [...regions, globalRegion]
}

/** @throws Refusal when nobody we know signed this, or not this, or not now */
async function authenticate(
  credential: Credential,
  request: SignedRequest,
  now: number,
  catalog: Catalog,
): Promise<Holder> {
  const holder = await catalog.principals.holder(credential.accessKeyId)
  // A session token belongs to temporary credentials, of which there are none: with one, nobody is known.
  if (holder === undefined || !holder.active || credential.sessionToken !== undefined) {
    throw new Refusal('UnrecognizedClientException')
  }
  verifySignature(credential, request, holder.secretAccessKey, now)
  return holder
}
