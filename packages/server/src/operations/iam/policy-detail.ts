import { isForServicesOnly } from '../../identity/aws-managed-policy.ts'
import {
  type ManagedPolicy,
  policyArn,
  type PolicyVersion as StoredVersion,
  versionId,
} from '../../identity/managed-policy.ts'
import { wireTags } from '../../identity/tags.ts'
import type { Policy, PolicyVersion } from '../../protocol/models/iam.ts'
import type { Store } from '../../storage/store.ts'

/** How often a policy is used in an account: attached, and as a boundary. */
export interface PolicyUse {
  readonly attachments: number
  readonly boundaries: number
}

/** Counts who has a policy in an account. */
export async function policyUse(arn: string, account: string, store: Store): Promise<PolicyUse> {
  const prefix = [account, arn]
  return {
    attachments: await store.count('attachment', { index: 'policy', prefix }),
    boundaries:
      (await store.count('user', { index: 'boundary', prefix })) +
      (await store.count('role', { index: 'boundary', prefix })),
  }
}

/** A managed policy as IAM shows it by itself. */
export async function policyDetail(policy: ManagedPolicy, account: string, store: Store): Promise<Policy> {
  const use = await policyUse(policyArn(policy), account, store)
  const { description } = policy
  return {
    ...listedPolicy(policy, use),
    ...(description !== undefined && { Description: description }),
    ...wireTags(policy.tags),
  }
}

/** A managed policy as IAM shows it in lists. */
export function listedPolicy(policy: ManagedPolicy, { attachments, boundaries }: PolicyUse): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policyArn(policy),
    Path: policy.path,
    DefaultVersionId: versionId(policy.defaultVersion),
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: !isForServicesOnly(policy),
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  }
}

/** A version of a policy as IAM shows it in lists. */
export function versionDetail({ defaultVersion }: ManagedPolicy, version: StoredVersion): PolicyVersion {
  return {
    VersionId: versionId(version.number),
    IsDefaultVersion: version.number === defaultVersion,
    CreateDate: new Date(version.createdAt),
  }
}
