import type { Chance } from '../base/chance.ts'
import { type Attachment, awsAccount, policyArn } from './managed-policy.ts'
import type { Role } from './role.ts'
import { newUniqueId } from './unique-id.ts'

/** What a service calls its role: [service, name behind `AWSServiceRoleFor`, its managed policy, whether suffixes are taken]. */
type Row = readonly [service: string, name: string, policy: string | undefined, takesSuffix?: true]

/** Services whose roles have to do with keys or accounts (AWS documentation of each service, "Using service-linked roles"). */
const rows: readonly Row[] = [
  [
    'mrk.kms.amazonaws.com',
    'KeyManagementServiceMultiRegionKeys',
    'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy',
  ],
  [
    'cks.kms.amazonaws.com',
    'KeyManagementServiceCustomKeyStores',
    'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy',
  ],
  ['organizations.amazonaws.com', 'Organizations', 'AWSOrganizationsServiceTrustPolicy'],
  ['autoscaling.amazonaws.com', 'AutoScaling', undefined, true],
  ['access-analyzer.amazonaws.com', 'AccessAnalyzer', undefined],
  ['cloudtrail.amazonaws.com', 'CloudTrail', undefined],
  ['rds.amazonaws.com', 'RDS', undefined],
  ['backup.amazonaws.com', 'Backup', undefined],
  ['dynamodb.application-autoscaling.amazonaws.com', 'ApplicationAutoScaling_DynamoDBTable', undefined],
]

/** How a service's role is called, and where it is. */
export interface LinkedRole {
  readonly name: string
  readonly path: string
  /** The name of the AWS managed policy that it has, where that is one we know. */
  readonly policy: string | undefined
  readonly takesSuffix: boolean
}

/** The role that a service has in an account. A service that is in no row is called by the beginning of its name. */
export function linkedRole(service: string, suffix?: string): LinkedRole {
  const [, known, policy, takesSuffix] = rows.find(([name]) => name === service) ?? []
  const [label = ''] = service.split('.')
  const name = known ?? label.charAt(0).toUpperCase() + label.slice(1)
  return {
    name: `AWSServiceRoleFor${name}${suffix === undefined ? '' : `_${suffix}`}`,
    path: `/aws-service-role/${service}/`,
    policy,
    takesSuffix: takesSuffix === true,
  }
}

interface NewLinkedRole {
  readonly account: string
  readonly service: string
  readonly suffix?: string | undefined
  readonly description?: string | undefined
  readonly createdAt: number
}

/** The role of a service in an account as it is when it is made, and what gives it the policy that its service has. */
export function newLinkedRole(
  { account, service, suffix, description, createdAt }: NewLinkedRole,
  chance: Chance,
): { readonly role: Role; readonly attachment?: Attachment } {
  const { name, path, policy } = linkedRole(service, suffix)
  const role: Role = {
    account,
    uniqueId: newUniqueId('role', chance),
    name,
    path,
    createdAt,
    trustPolicy: { text: trustPolicyOf(service), bindings: {} },
    ...(description !== undefined && { description }),
    maxSessionSeconds: 3600,
    tags: [],
    linkedService: service,
  }
  if (policy === undefined) return { role }
  const arn = policyArn({ account: awsAccount, path: '/aws-service-role/', name: policy })
  return { role, attachment: { account, ownerId: role.uniqueId, policyArn: arn } }
}

/** The service alone may assume its role. */
function trustPolicyOf(service: string): string {
  return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"${service}"},"Action":"sts:AssumeRole"}]}`
}
