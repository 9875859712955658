import { rootArn } from '../identity/account.ts'
import type { Key } from './key.ts'
import { rotatingEvery } from './rotation.ts'

/** What AWS has said of the key of one of its services; what it has not follows from the service's name. */
interface ManagedService {
  /** Behind `alias/aws/`. */
  readonly name: string
  /** By which name the service calls, where that is another: volumes of EBS come through EC2. */
  readonly caller: string
  readonly title: string
  readonly protects: string
  readonly policyId: string
  readonly actions: readonly string[]
}

const encryption = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*']
const withoutGrants = [...encryption, 'kms:DescribeKey']
const withGrants = [...encryption, 'kms:CreateGrant', 'kms:DescribeKey']
const withGrantLists = [...encryption, 'kms:CreateGrant', 'kms:ListGrants', 'kms:DescribeKey']
const messages = [
  'kms:Decrypt',
  'kms:GenerateDataKey*',
  'kms:CreateGrant',
  'kms:ListGrants',
  'kms:DescribeKey',
]

/** Services whose keys are known as AWS makes them. To add one, add a row. */
const rows: readonly (readonly [
  name: string,
  caller: string,
  title: string,
  protects: string,
  policyId: string,
  actions: readonly string[],
])[] = [
  ['backup', 'backup', 'Backup', 'Backup data', 'auto-backup-1', withGrants],
  ['dynamodb', 'dynamodb', 'Amazon DynamoDB', 'DynamoDB data', 'auto-dynamodb-1', withGrants],
  ['ebs', 'ec2', 'EBS', 'EBS volumes', 'auto-ebs-2', withGrants],
  [
    'elasticfilesystem',
    'elasticfilesystem',
    'EFS',
    'EFS filesystems',
    'auto-elasticfilesystem-1',
    withGrants,
  ],
  ['es', 'es', 'OpenSearch Service', 'Amazon OpenSearch Service data', 'auto-es-2', withGrants],
  ['glue', 'glue', 'Glue', 'Glue data', 'auto-glue-1', withGrants],
  ['kafka', 'kafka', 'Kafka', 'Kafka data', 'auto-kafka-1', withGrantLists],
  ['lambda', 'lambda', 'AWS Lambda', 'Lambda functions', 'auto-awslambda', withGrants],
  ['rds', 'rds', 'RDS', 'RDS database volumes', 'auto-rds-2', withGrantLists],
  ['s3', 's3', 'S3', 'S3 objects', 'auto-s3-2', withoutGrants],
  [
    'secretsmanager',
    'secretsmanager',
    'AWS Secrets Manager',
    'Secrets Manager data',
    'auto-secretsmanager-2',
    withGrants,
  ],
  ['sns', 'sns', 'SNS', 'SNS data', 'auto-sns-1', messages],
  ['ssm', 'ssm', 'SSM', 'SSM parameters', 'auto-ssm-1', withoutGrants],
]

const serviceByName: ReadonlyMap<string, ManagedService> = new Map(
  rows.map(([name, caller, title, protects, policyId, actions]) => [
    name,
    { name, caller, title, protects, policyId, actions },
  ]),
)
const callersWithOtherNames = new Set(
  rows.flatMap(([name, caller]) => (name === caller ? [] : [caller as string])),
)

const prefix = 'alias/aws/'

/** The service whose key an alias stands for: `alias/aws/s3`. */
export function managedServiceOf(aliasName: string): ManagedService | undefined {
  if (!aliasName.startsWith(prefix)) return undefined
  const name = aliasName.slice(prefix.length)
  const known = serviceByName.get(name)
  if (known !== undefined || callersWithOtherNames.has(name) || !/^[a-z0-9-]+$/.test(name)) return known
  const policyId = `auto-${name}-1`
  return { name, caller: name, title: name, protects: `${name} data`, policyId, actions: withGrants }
}

/** Whether AWS has set this alias aside in every account, so that one may ask for its key before any service has. */
export function isPredefinedAlias(aliasName: string): boolean {
  return aliasName.startsWith(prefix) && serviceByName.has(aliasName.slice(prefix.length))
}

/** AWS managed keys are rotated every year, and nobody can change that (AWS KMS Developer Guide, "Rotate keys"). */
const rotationDays = 365

/** A service's key in one account and Region, made at a moment; without its material. */
export function awsManagedKey(
  service: ManagedService,
  place: Pick<Key, 'account' | 'region' | 'keyId'>,
  now: number,
): Key {
  return {
    ...place,
    policy: { text: policyText(service, place), bindings: {} },
    description: `Default key that protects my ${service.protects} when no other key is defined`,
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    keyManager: 'AWS',
    keyState: 'Enabled',
    createdAt: now,
    materials: [],
    rotation: rotatingEvery(rotationDays, now),
    tags: [],
  }
}

/**
 * To the letter of what AWS stores. It is the whole of what keeps such a key from being changed: nobody is allowed
 * anything that would, and nobody is allowed to put another policy.
 */
function policyText(
  { title, caller, policyId, actions }: ManagedService,
  { account, region }: Pick<Key, 'account' | 'region'>,
): string {
  const metadata = ['kms:Describe*', 'kms:Get*', 'kms:List*']
  const direct = actions.includes('kms:CreateGrant') ? [...metadata, 'kms:RevokeGrant'] : metadata
  return `{
  "Version" : "2012-10-17",
  "Id" : "${policyId}",
  "Statement" : [ {
    "Sid" : "Allow access through ${title} for all principals in the account that are authorized to use ${title}",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : ${list(actions)},
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "${account}",
        "kms:ViaService" : "${caller}.${region}.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${rootArn(account)}"
    },
    "Action" : ${list(direct)},
    "Resource" : "*"
  } ]
}`
}

const list = (actions: readonly string[]) => `[ ${actions.map((action) => `"${action}"`).join(', ')} ]`
