import type { Authorization } from '@claviger/policy'
import type { Call, Caller } from '../call/call.ts'
import { servicePrincipalOf } from '../call/via-service.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import type { Refusal } from '../protocol/errors.ts'
import { eventTime } from './event-time.ts'
import type { EventRecord } from './ledger.ts'
import { type Recorded, recordedOperation } from './recorded-operation.ts'
import { userIdentity } from './user-identity.ts'

/** Everything that became known about one call by the time it is recorded. */
export interface Happening {
  readonly call: Call
  readonly eventId: string
  readonly operation: string
  readonly input: object | undefined
  readonly output: object | undefined
  readonly keys: readonly KeyEntry[]
  readonly otherResources: readonly string[]
  readonly refusal: Refusal | undefined
  /** The answers to the operation's needs, as far as they were asked. */
  readonly decisions: readonly Authorization[]
  /** What the record shows that neither input nor output do. */
  readonly extra: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  /** The service that did it because of the call, where it is another Region's record of that call. */
  readonly invokedBy?: string
}

/** Of a call of which no more is known than that it was made. */
export const nothingKnown = {
  input: undefined,
  output: undefined,
  keys: [],
  otherResources: [],
  refusal: undefined,
  decisions: [],
  extra: {},
} as const

/** The longest errorMessage CloudTrail keeps. */
const messageCharactersMost = 1024

/**
 * The CloudTrail record of one call (AWS CloudTrail User Guide, "CloudTrail record contents"), with the decision
 * beside it. Only members that a table or model names are written; plaintext, ciphertext, tokens and secrets
 * never are.
 */
export function cloudTrailRecord(happening: Happening): EventRecord {
  const { call, operation, refusal } = happening
  const via = call.caller.via === undefined ? undefined : servicePrincipalOf(call.caller.via)
  const invokedBy = happening.invokedBy ?? via
  const caller = via ?? serviceIn(call.caller)
  const recorded = recordedOperation(call.service, operation)
  return {
    eventVersion: '1.11',
    userIdentity: { ...userIdentity(call.caller), ...(invokedBy === undefined ? {} : { invokedBy }) },
    eventTime: eventTime(call.now),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: operation,
    awsRegion: call.region,
    sourceIPAddress: caller ?? call.connection.sourceIp,
    userAgent: caller ?? call.connection.userAgent,
    ...error(refusal),
    requestParameters: happening.input === undefined ? null : recorded.parameters(happening.input),
    responseElements: refusal === undefined ? responseElements(happening, recorded) : null,
    additionalEventData: {
      ...happening.extra,
      ...keyStoreData(happening),
      ...decisionData(happening.decisions),
    },
    requestID: call.requestId,
    eventID: happening.eventId,
    readOnly: recorded.readOnly,
    ...resources(happening),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: recipient(happening),
    ...vpcEndpoint(call),
    eventCategory: 'Management',
    ...tlsDetails(call),
  }
}

/** A service is named in place of its address, like one that calls for somebody. */
function serviceIn({ principal }: Caller): string | undefined {
  return principal.kind === 'service' ? principal.service : undefined
}

/** A service is of no account: what it does concerns the account that owns the key. */
function recipient({ call: { caller }, keys }: Happening): string {
  if (caller.principal.kind !== 'service') return caller.account
  return keys.at(-1)?.key.account ?? caller.source?.account ?? caller.account
}

function vpcEndpoint({ caller, connection: { endpoint } }: Call): object {
  if (endpoint === undefined || caller.via !== undefined) return {}
  return { vpcEndpointId: endpoint.id, vpcEndpointAccountId: endpoint.account }
}

function error(refusal: Refusal | undefined): object {
  if (refusal === undefined) return {}
  // CloudTrail writes denials of every service under one name.
  const errorCode = refusal.code === 'AccessDeniedException' ? 'AccessDenied' : refusal.code
  return {
    errorCode,
    ...(refusal.message && { errorMessage: refusal.message.slice(0, messageCharactersMost) }),
  }
}

function responseElements({ output, keys }: Happening, recorded: Recorded): object | null {
  return recorded.elements(output, keys.at(-1)?.arn)
}

function resources({ keys, otherResources }: Happening): object {
  if (keys.length === 0 && otherResources.length === 0) return {}
  const arns = [...keys.map((key) => key.arn), ...otherResources]
  return { resources: arns.map((ARN) => ({ accountId: ARN.split(':')[4], type: 'AWS::KMS::Key', ARN })) }
}

/** Where the cryptography was done, when that is not here; as AWS records it for those operations alone. */
function keyStoreData({ operation, keys }: Happening): object {
  const { keyStore } = keys.at(-1)?.key ?? {}
  if (keyStore === undefined || !usesKey.has(operation)) return {}
  const { storeId, xksKeyId } = keyStore
  return { customKeyStoreId: storeId, ...(xksKeyId === undefined ? {} : { xksKeyId }) }
}

const usesKey = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncrypt',
])

/** Who decided: of several needs the one that denied, else the first. */
function decisionData(decisions: readonly Authorization[]): object {
  const authorization = decisions.at(-1)?.decision === 'Allow' ? decisions[0] : decisions.at(-1)
  if (authorization === undefined) return {}
  const { decision, layer, because, grant } = authorization
  return {
    decision: {
      outcome: decision,
      layer,
      statements: because.map(({ layer: cited, policy, statement }) => ({
        layer: cited,
        ...(policy === undefined ? {} : { policy: policy.arn ?? policy.name }),
        ...(statement.sid === undefined ? {} : { sid: statement.sid }),
        index: statement.index,
      })),
      ...(grant === undefined ? {} : { grantId: grant.grantId }),
    },
  }
}

/** Of the caller's own connection; how a service connected that calls for somebody is nobody's business. */
function tlsDetails({ caller, connection }: Call): object {
  if (connection.tls === undefined || caller.via !== undefined) return {}
  return {
    tlsDetails: {
      tlsVersion: connection.tls.version,
      cipherSuite: connection.tls.cipherSuite,
      clientProvidedHostHeader: connection.host,
    },
  }
}
