import { type Key, keyArn } from '../keys/key.ts'
import { eventTime } from './event-time.ts'
import type { EventRecord } from './ledger.ts'

/** What the service does by itself, and the type of event that AWS records it as. */
const typeByName = {
  CreateKey: 'AwsServiceEvent',
  DeleteExpiredKeyMaterial: 'AwsServiceEvent',
  DeleteKey: 'AwsServiceEvent',
  RotateKey: 'AwsServiceEvent',
  SynchronizeMultiRegionKey: 'AwsApiCall',
} as const

/** Events that CloudTrail writes with details of their own, and without the key as what was answered. */
const detailed: ReadonlySet<string> = new Set(['DeleteExpiredKeyMaterial', 'RotateKey'])

/** What the service itself does by name. */
export type ServiceEventName = keyof typeof typeByName

interface EventFacts {
  readonly now: number
  readonly eventId: string
  readonly details?: Readonly<Record<string, string>> | undefined
}

/** What the service itself does to a key, without anybody asking at that moment, as CloudTrail writes it. */
export function serviceEvent(
  name: ServiceEventName,
  key: Key,
  { details, ...moment }: EventFacts,
): EventRecord {
  return eventWithoutCaller(name, {
    ...moment,
    account: key.account,
    region: key.region,
    by: 'AWS Internal',
    source: 'kms.amazonaws.com',
    type: typeByName[name],
    elements: detailed.has(name) ? null : { keyId: keyArn(key) },
    about: {
      resources: [{ accountId: key.account, type: 'AWS::KMS::Key', ARN: keyArn(key) }],
      ...(details === undefined ? {} : { serviceEventDetails: details }),
    },
  })
}

interface OperatorFacts {
  /** The management account, which whoever runs the installation acts for. */
  readonly account: string
  readonly region: string
  readonly now: number
  readonly eventId: string
  readonly parameters: Readonly<Record<string, string>>
}

/** What whoever runs the service had it do, over its control socket. */
export function operatorEvent(name: 'AddService' | 'RemoveService', facts: OperatorFacts): EventRecord {
  return eventWithoutCaller(name, {
    ...facts,
    by: 'claviger',
    source: 'sts.amazonaws.com',
    type: 'AwsServiceEvent',
  })
}

interface UncalledEvent extends Omit<OperatorFacts, 'parameters'> {
  readonly parameters?: Readonly<Record<string, string>>
  readonly by: string
  readonly source: string
  readonly type: string
  readonly elements?: object | null
  /** Members that events of this kind have beside those of all. */
  readonly about?: object
}

/** An event that no call of the API was: whoever did it stands where the caller and their address would. */
function eventWithoutCaller(name: string, event: UncalledEvent): EventRecord {
  const { account, region, now, eventId, by, source, type, parameters = null, elements = null } = event
  return {
    eventVersion: '1.11',
    userIdentity: { accountId: account, invokedBy: by },
    eventTime: eventTime(now),
    eventSource: source,
    eventName: name,
    awsRegion: region,
    sourceIPAddress: by,
    userAgent: by,
    requestParameters: parameters,
    responseElements: elements,
    eventID: eventId,
    readOnly: false,
    eventType: type,
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...event.about,
  }
}
