import { awsAccount, type ManagedPolicy, policyArn } from './managed-policy.ts'
import { type AwsManagedRow, awsManagedRows } from './models/aws-managed-policies.ts'

function managedPolicy({ name, path, uniqueId, version, createdAt, description, text }: AwsManagedRow) {
  const at = Date.parse(createdAt)
  const policy: ManagedPolicy = {
    account: awsAccount,
    uniqueId,
    name,
    path,
    createdAt: at,
    updatedAt: at,
    ...(description !== undefined && { description }),
    tags: [],
    defaultVersion: version,
    newestVersion: version,
    versions: [{ number: version, text, createdAt: at }],
  }
  return policy
}

/** Every policy that AWS manages, as far as we have it, by name. Nobody can change them. */
export const awsManagedPolicies: readonly ManagedPolicy[] = awsManagedRows.map(managedPolicy)

const policyByArn = new Map(awsManagedPolicies.map((policy) => [policyArn(policy), policy]))

/** The AWS managed policy with this ARN; `undefined` for one that AWS may have and we have not. */
export function findAwsManagedPolicy(arn: string): ManagedPolicy | undefined {
  return policyByArn.get(arn)
}

/** Policies that only service-linked roles have, and nobody else may be given. */
export function isForServicesOnly({ account, path }: ManagedPolicy): boolean {
  return account === awsAccount && path.startsWith('/aws-service-role/')
}
