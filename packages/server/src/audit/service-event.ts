import { type Key, keyArn } from '../keys/key.ts'
import type { EventRecord } from './ledger.ts'
import { eventTime } from './record.ts'

/** What the service itself does to a key, without anybody asking at that moment, as CloudTrail writes it. */
export function serviceEvent(
  name: 'DeleteKey',
  key: Key,
  { now, eventId }: { readonly now: number; readonly eventId: string },
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
    responseElements: { keyId: keyArn(key) },
    eventID: eventId,
    readOnly: false,
    resources: [{ accountId: key.account, type: 'AWS::KMS::Key', ARN: keyArn(key) }],
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: key.account,
    eventCategory: 'Management',
  }
}
