import { type Citation, jsonValue, type Statement } from '@claviger/policy'
import type { Caller } from '../call/call.ts'
import { eventTime } from './event-time.ts'
import type { EventRecord } from './ledger.ts'
import {
  deciding,
  error,
  type Happening,
  identity,
  keyStoreData,
  recipientOf,
  recordedCitation,
  resources,
  responseElements,
  serviceCalling,
  tlsDetails,
  vpcEndpoint,
} from './record.ts'
import { type Recorded, recordedOperation } from './recorded-operation.ts'

/**
 * The record of one call as JSON, written at once and not made of objects first: most calls change nothing, and nobody
 * needs their record but as a line. What it says is said by `cloudTrailRecord`, the definition; a law holds the two to
 * the same characters.
 */
export function recordText(happening: Happening): string {
  const { call, operation, input, refusal } = happening
  const { caller, connection } = call
  const recorded = recordedOperation(call.service, operation)
  const service = serviceCalling(caller)
  const parameters = input === undefined ? null : recorded.parameters(input)
  const elements = refusal === undefined ? responseElements(happening, recorded) : null
  return (
    `{"eventVersion":"1.11","userIdentity":${identityText(happening)},"eventTime":"${eventTime(call.now)}",` +
    `${sourceText(happening, recorded)},"awsRegion":${JSON.stringify(call.region)},` +
    `"sourceIPAddress":${JSON.stringify(service ?? connection.sourceIp)},` +
    `"userAgent":${JSON.stringify(service ?? connection.userAgent)},${membersOf(error(refusal))}` +
    `"requestParameters":${objectText(parameters)},"responseElements":${objectText(elements)},` +
    `${additionalText(happening)}"requestID":${JSON.stringify(call.requestId)},` +
    `"eventID":${JSON.stringify(happening.eventId)},"readOnly":${recorded.readOnly},${resourcesText(happening)}` +
    `"eventType":"AwsApiCall","managementEvent":true,` +
    `"recipientAccountId":${JSON.stringify(happening.owner ?? recipientOf(happening))},` +
    `${sharedText(happening)}${membersOf(vpcEndpoint(call))}` +
    `"eventCategory":"Management"${connection.tls === undefined ? '' : lastMembers(tlsDetails(call))}}`
  )
}

const objectText = (value: object | null) => (value === null ? 'null' : JSON.stringify(value))

/** The members of an object between others. Nearly always there are none. */
function membersOf(object: object): string {
  const text = JSON.stringify(object)
  return text === '{}' ? '' : `${text.slice(1, -1)},`
}

function lastMembers(object: object): string {
  const members = membersOf(object)
  return members === '' ? '' : `,${members.slice(0, -1)}`
}

/** By caller: who calls once calls again, and is the same object as long as nothing about them has changed. */
const identityTexts = new WeakMap<Caller, string>()

function identityText(happening: Happening): string {
  const { caller } = happening.call
  // What is done for them elsewhere is not done by themselves, and others do not see all of them.
  if (happening.invokedBy !== undefined || happening.owner !== undefined)
    return JSON.stringify(identity(happening))
  let text = identityTexts.get(caller)
  if (text === undefined) {
    text = JSON.stringify(identity(happening))
    identityTexts.set(caller, text)
  }
  return text
}

/** By operation. */
const sourceTexts = new WeakMap<Recorded, string>()

function sourceText({ call: { service }, operation }: Happening, recorded: Recorded): string {
  let text = sourceTexts.get(recorded)
  if (text === undefined) {
    text = `"eventSource":"${service}.amazonaws.com","eventName":${JSON.stringify(operation)}`
    sourceTexts.set(recorded, text)
  }
  return text
}

function resourcesText(happening: Happening): string {
  const { keys, otherResources } = happening
  const [key] = keys
  if (key === undefined || keys.length > 1 || otherResources.length > 0)
    return membersOf(resources(happening))
  const {
    arn,
    key: { account },
  } = key
  return `"resources":[{"accountId":"${account}","type":"AWS::KMS::Key","ARN":${JSON.stringify(arn)}}],`
}

function sharedText({ sharedEventId }: Happening): string {
  return sharedEventId === undefined ? '' : `"sharedEventID":${JSON.stringify(sharedEventId)},`
}

/** What the operation noted, where the cryptography was done, and who decided; nothing where there is nothing. */
function additionalText(happening: Happening): string {
  const noted = membersOf({ ...happening.extra, ...keyStoreData(happening) })
  const authorization = deciding(happening.decisions)
  if (authorization === undefined) return noted && `"additionalEventData":{${noted.slice(0, -1)}},`
  const { decision, layer, because, grant } = authorization
  const grantId = grant === undefined ? '' : `,"grantId":${JSON.stringify(grant.grantId)}`
  const statements = because.map(citationText).join(',')
  const decided = `{"outcome":"${decision}","layer":"${layer}","statements":[${statements}]${grantId}}`
  return `"additionalEventData":{${noted}"decision":${decided}},`
}

/** By statement, as it was cited last: the same few decide nearly everything. */
const citationTexts = new WeakMap<Statement, { readonly citation: Citation; readonly text: string }>()

function citationText(citation: Citation): string {
  const { layer, policy, statement } = citation
  const kept = citationTexts.get(statement)
  // Policies of equal text share their statements.
  if (kept?.citation.layer === layer && kept.citation.policy === policy) return kept.text
  const text = JSON.stringify(recordedCitation(citation))
  citationTexts.set(statement, { citation, text })
  return text
}

const written = Symbol('JSON')

/**
 * A record that is text already, with the members that somebody looks at once it is durable. Whoever takes it for a
 * whole record does not get a part of one: as JSON it is whole, and a message to another thread it cannot be.
 */
export function textRecord(happening: Happening): EventRecord {
  const { call, operation, refusal, eventId } = happening
  const text = recordText(happening)
  return {
    eventID: eventId,
    eventTime: eventTime(call.now),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: operation,
    ...error(refusal),
    requestID: call.requestId,
    ...resources(happening),
    [written]: text,
    toJSON: () => jsonValue(text),
  }
}

/** A record as the journal writes it. */
export function jsonOf(record: object): string {
  return written in record ? String(record[written]) : JSON.stringify(record)
}
