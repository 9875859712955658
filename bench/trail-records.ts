import { hash } from 'node:crypto'

/** Records of many calls, as if keys had been used for weeks: to look something up among. */

/** Whose calls they are, and where they were made. */
export const account = '111122223333'
export const region = 'us-east-1'
const operations = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey', 'Sign'] as const

/** How many keys and users the records are of. */
export const keyCount = 1000
const userCount = 50

/** The ARN of one of the keys. */
export function keyArn(number: number): string {
  const tail = String(number % keyCount).padStart(12, '0')
  return `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-${tail}`
}

/** The record of call number so-and-so, at that time: of the size and with the members that the service's own have. */
export function recordOf(number: number, at: number): object {
  // Numbers that follow each other should not be of the same key, user and operation: a step coprime to all of them.
  const mixed = (number * 7919) % 1_000_003
  const user = `user-${mixed % userCount}`
  const arn = keyArn(mixed)
  const [requestID, eventID] = [uuidOf(`request ${number}`), uuidOf(`event ${number}`)]
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDABENCHMARK${mixed % userCount}`,
      arn: `arn:aws:iam::${account}:user/${user}`,
      accountId: account,
      accessKeyId: `AKIABENCHMARK${mixed % userCount}`,
      userName: user,
    },
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    eventSource: 'kms.amazonaws.com',
    eventName: operations[mixed % operations.length],
    awsRegion: region,
    sourceIPAddress: `192.0.2.${mixed % 200}`,
    userAgent: 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.18 lang/js md/nodejs#26.10.0 api/kms#3.1164.0 m/E',
    requestParameters: {
      keyId: arn,
      encryptionContext: { tenant: `tenant-${mixed % 97}`, purpose: 'orders' },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    },
    responseElements: null,
    additionalEventData: {
      decision: {
        outcome: 'Allow',
        layer: 'identity-policy',
        statements: [{ layer: 'identity-policy', policy: 'benchmark', sid: 'UseKeys', index: 0 }],
      },
    },
    requestID,
    eventID,
    readOnly: true,
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'kms.us-east-1.amazonaws.com',
    },
  }
}

/** Ids that compress and sort as badly as real ones do. */
function uuidOf(text: string): string {
  const hex = hash('sha1', text)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
