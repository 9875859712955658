import { eventTime } from './event-time.ts'
import type { EventRecord } from './ledger.ts'

interface OperatorFacts {
  /** The management account, which whoever runs the installation acts for. */
  readonly account: string
  readonly region: string
  readonly now: number
  readonly eventId: string
  readonly parameters: Readonly<Record<string, string>>
}

/** What whoever runs the service had it do, over its control socket: as an event without a caller of the API. */
export function operatorEvent(
  name: 'AddService' | 'RemoveService',
  { account, region, now, eventId, parameters }: OperatorFacts,
): EventRecord {
  const operator = 'claviger'
  return {
    eventVersion: '1.11',
    userIdentity: { accountId: account, invokedBy: operator },
    eventTime: eventTime(now),
    eventSource: 'sts.amazonaws.com',
    eventName: name,
    awsRegion: region,
    sourceIPAddress: operator,
    userAgent: operator,
    requestParameters: parameters,
    responseElements: null,
    eventID: eventId,
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  }
}
