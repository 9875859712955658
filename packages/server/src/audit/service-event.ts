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
  { now, eventId, details }: EventFacts,
): EventRecord {
  const internal = 'AWS Internal'
  return {
    eventVersion: '1.11',
    userIdentity: { accountId: key.account, invokedBy: internal },
    eventTime: eventTime(now),
    eventSource: 'kms.amazonaws.com',
    eventName: name,
    awsRegion: key.region,
    sourceIPAddress: internal,
    userAgent: internal,
    requestParameters: null,
    responseElements: detailed.has(name) ? null : { keyId: keyArn(key) },
    eventID: eventId,
    readOnly: false,
    resources: [{ accountId: key.account, type: 'AWS::KMS::Key', ARN: keyArn(key) }],
    eventType: typeByName[name],
    managementEvent: true,
    recipientAccountId: key.account,
    ...(details === undefined ? {} : { serviceEventDetails: details }),
    eventCategory: 'Management',
  }
}
