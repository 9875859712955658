import type { Authorization, Citation } from '@claviger/policy'
import type { Call, Caller } from '../call/call.ts'
import { servicePrincipalOf } from '../call/via-service.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import type { Refusal } from '../protocol/errors.ts'
import { eventTime } from './event-time.ts'
import type { EventRecord } from './ledger.ts'
import { type Recorded, recordedOperation } from './recorded-operation.ts'
import { foreignIdentity, userIdentity } from './user-identity.ts'

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
  /** What the records of one call in several accounts have in common. */
  readonly sharedEventId?: string
  /** The account that the record is for, where it is not the caller's: the one whose key was used. */
  readonly owner?: string
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
  const caller = serviceCalling(call.caller)
  const recorded = recordedOperation(call.service, operation)
  return {
    eventVersion: '1.11',
    userIdentity: identity(happening),
    eventTime: eventTime(call.now),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: operation,
    awsRegion: call.region,
    sourceIPAddress: caller ?? call.connection.sourceIp,
    userAgent: caller ?? call.connection.userAgent,
    ...error(refusal),
    requestParameters: happening.input === undefined ? null : recorded.parameters(happening.input),
    responseElements: refusal === undefined ? responseElements(happening, recorded) : null,
    ...additionalData(happening),
    requestID: call.requestId,
    eventID: happening.eventId,
    readOnly: recorded.readOnly,
    ...resources(happening),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: happening.owner ?? recipientOf(happening),
    ...(happening.sharedEventId === undefined ? {} : { sharedEventID: happening.sharedEventId }),
    ...vpcEndpoint(call),
    eventCategory: 'Management',
    ...tlsDetails(call),
  }
}

/** The caller, as far as it is the business of whoever the record is for, and the service that called for them. */
export function identity({ call: { caller }, owner, invokedBy = serviceBetween(caller) }: Happening): object {
  const known = owner === undefined ? userIdentity(caller) : foreignIdentity(caller)
  return { ...known, ...(invokedBy === undefined ? {} : { invokedBy }) }
}

/** A service is named in place of its address, whether it calls for itself or for somebody. */
export function serviceCalling(caller: Caller): string | undefined {
  const { principal } = caller
  return serviceBetween(caller) ?? (principal.kind === 'service' ? principal.service : undefined)
}

function serviceBetween({ via }: Caller): string | undefined {
  return via === undefined ? undefined : servicePrincipalOf(via)
}

/**
 * Whose record it is: the caller's account's. A service is of no account: what it does concerns the account that owns
 * the key.
 */
export function recipientOf({ call: { caller }, keys }: Happening): string {
  if (caller.principal.kind !== 'service') return caller.account
  return keys.at(-1)?.key.account ?? caller.source?.account ?? caller.account
}

export function vpcEndpoint({ caller, connection: { endpoint } }: Call): object {
  if (endpoint === undefined || caller.via !== undefined) return {}
  return { vpcEndpointId: endpoint.id, vpcEndpointAccountId: endpoint.account }
}

export function error(refusal: Refusal | undefined): object {
  if (refusal === undefined) return {}
  // CloudTrail writes denials of every service under one name.
  const errorCode = refusal.code === 'AccessDeniedException' ? 'AccessDenied' : refusal.code
  return {
    errorCode,
    ...(refusal.message && { errorMessage: refusal.message.slice(0, messageCharactersMost) }),
  }
}

export function responseElements({ output, keys }: Happening, recorded: Recorded): object | null {
  return recorded.elements(output, keys.at(-1)?.arn)
}

export function resources(happening: Happening): object {
  const all = resourcesOf(happening)
  return all.length === 0 ? {} : { resources: all }
}

/** What a call was about, as CloudTrail lists it: an alias is a key to it. */
export function resourcesOf({ operation, output, keys, otherResources }: Happening): readonly Resource[] {
  const made = operation === 'CreateKey' && keys.length === 0 ? madeKey(output) : []
  const arns = [...keys.map((key) => key.arn), ...otherResources, ...made]
  return arns.map((ARN) => {
    const [, , service, , accountId = ''] = ARN.split(':')
    return { accountId, type: service === 'iam' ? 'AWS::IAM::Role' : 'AWS::KMS::Key', ARN }
  })
}

/** A key that was not there before the call is what the call was about, too. */
function madeKey(output: object | undefined): readonly string[] {
  const { KeyMetadata: { Arn } = {} } = (output ?? {}) as { readonly KeyMetadata?: { readonly Arn?: string } }
  return Arn === undefined ? [] : [Arn]
}

interface Resource {
  readonly accountId: string
  readonly type: string
  readonly ARN: string
}

/** What has no place of its own in CloudTrail's form; absent when there is nothing. */
function additionalData(happening: Happening): object {
  const additionalEventData = {
    ...happening.extra,
    ...keyStoreData(happening),
    ...decisionData(happening.decisions),
  }
  return Object.keys(additionalEventData).length === 0 ? {} : { additionalEventData }
}

/**
 * Where the cryptography was done, when that is not here; as AWS records it for those operations alone. Where an account
 * keeps its keys is for that account: whoever uses its key from another has a record that does not say.
 */
export function keyStoreData(happening: Happening): object {
  const { operation, keys, owner } = happening
  const { keyStore, account } = keys.at(-1)?.key ?? {}
  if (keyStore === undefined || !usesKey.has(operation)) return {}
  if (account !== (owner ?? recipientOf(happening))) return {}
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

function decisionData(decisions: readonly Authorization[]): object {
  const authorization = deciding(decisions)
  return authorization === undefined ? {} : { decision: recordedDecision(authorization) }
}

/** Who decided: of several needs the one that denied, else the first. */
export function deciding(decisions: readonly Authorization[]): Authorization | undefined {
  return decisions.at(-1)?.decision === 'Allow' ? decisions[0] : decisions.at(-1)
}

function recordedDecision({ decision, layer, because, grant }: Authorization): object {
  return {
    outcome: decision,
    layer,
    statements: because.map(recordedCitation),
    ...(grant === undefined ? {} : { grantId: grant.grantId }),
  }
}

/** A statement that decided: whose it is, and which. */
export function recordedCitation({ layer, policy, statement }: Citation): object {
  return {
    layer,
    ...(policy === undefined ? {} : { policy: policy.arn ?? policy.name }),
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    index: statement.index,
  }
}

/** Of the caller's own connection; how a service connected that calls for somebody is nobody's business. */
export function tlsDetails({ caller, connection }: Call): object {
  if (connection.tls === undefined || caller.via !== undefined) return {}
  return {
    tlsDetails: {
      tlsVersion: connection.tls.version,
      cipherSuite: connection.tls.cipherSuite,
      clientProvidedHostHeader: connection.host,
    },
  }
}
