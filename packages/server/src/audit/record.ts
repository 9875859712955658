import type { Authorization } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ServiceName } from '../protocol/services.ts'
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
  readonly extra: Readonly<Record<string, string>>
}

/** Whom CloudTrail names as the source of an event. */
const eventSources: Readonly<Record<ServiceName, string>> = {
  kms: 'kms.amazonaws.com',
  iam: 'iam.amazonaws.com',
  sts: 'sts.amazonaws.com',
}

/** The longest errorMessage CloudTrail keeps. */
const messageCharactersMost = 1024

/**
 * The CloudTrail record of one call (AWS CloudTrail User Guide, "CloudTrail record contents"), with the decision
 * beside it. Only members that a table or model names are written; plaintext, ciphertext, tokens and secrets
 * never are.
 */
export function cloudTrailRecord(happening: Happening): EventRecord {
  const { call, operation, refusal } = happening
  const recorded = recordedOperation(call.service, operation)
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(call.caller),
    eventTime: eventTime(call.now),
    eventSource: eventSources[call.service],
    eventName: operation,
    awsRegion: call.region,
    sourceIPAddress: call.connection.sourceIp,
    userAgent: call.connection.userAgent,
    ...error(refusal),
    requestParameters: happening.input === undefined ? null : recorded.parameters(happening.input),
    responseElements: refusal === undefined ? responseElements(happening, recorded) : null,
    additionalEventData: { ...happening.extra, ...decisionData(happening.decisions) },
    requestID: call.requestId,
    eventID: happening.eventId,
    readOnly: recorded.readOnly,
    ...resources(happening),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.caller.account,
    eventCategory: 'Management',
    ...tlsDetails(call),
  }
}

/** ISO 8601 in UTC, to the second. */
export function eventTime(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`
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

function tlsDetails({ connection }: Call): object {
  if (connection.tls === undefined) return {}
  return {
    tlsDetails: {
      tlsVersion: connection.tls.version,
      cipherSuite: connection.tls.cipherSuite,
      clientProvidedHostHeader: connection.host,
    },
  }
}
