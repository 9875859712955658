import { heldPolicies, managedPolicy } from '../../catalog/held-policies.ts'
import { isForServicesOnly } from '../../identity/aws-managed-policy.ts'
import type { Entity } from '../../identity/entity.ts'
import { awsAccount, policyArn, policyOrder } from '../../identity/managed-policy.ts'
import { type QuotaName, requireRoom } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { AttachedPolicy } from '../../protocol/models/iam.ts'
import type { Changes } from '../changes.ts'
import { requirePolicyArn } from '../on-policy.ts'
import type { Parts } from '../parts.ts'
import { isBelow, pageOf } from './paging.ts'

interface Named {
  readonly PolicyArn: string
}

interface Attaching {
  readonly input: Named
  readonly parts: Parts
  readonly changes: Changes
}

/** @throws Refusal `ValidationException` */
export function checkPolicyArn({ PolicyArn }: Named): void {
  requirePolicyArn(PolicyArn)
}

/** The managed policy that is attached or detached, as a condition key. */
export function policyFacts({ PolicyArn }: Named): { readonly policyArn: string } {
  return { policyArn: PolicyArn }
}

/** Attaches a managed policy; one that is attached already stays so. @throws Refusal `NoSuchEntityException` and others */
export async function attachPolicy(
  { account, uniqueId: ownerId }: Entity,
  quota: Extract<QuotaName, 'PoliciesPerUser' | 'PoliciesPerGroup' | 'PoliciesPerRole'>,
  { input: { PolicyArn: arn }, parts: { catalog, limits }, changes }: Attaching,
): Promise<void> {
  const policy = await managedPolicy(arn, account, catalog.store)
  if (policy === undefined) {
    throw new Refusal('NoSuchEntityException', `Policy ${arn} does not exist or is not attachable.`)
  }
  if (isForServicesOnly(policy.value)) {
    throw new Refusal(
      'PolicyNotAttachableException',
      'Cannot attach a Service Role Policy to a Customer Role.',
    )
  }
  if ((await catalog.store.find('attachment', [account, ownerId, arn])) !== undefined) return
  const count = await catalog.store.count('attachment', { prefix: [account, ownerId] })
  requireRoom(quota, count, { account, limits })
  changes.add('attachment', { account, ownerId, policyArn: arn })
  // Neither a deleted policy stays attached, nor is one attached deleted, whatever happens at once.
  if (policy.value.account !== awsAccount) changes.replace('managedPolicy', policy, policy.value)
}

/** @throws Refusal `NoSuchEntityException` when it is not attached */
export async function detachPolicy(
  { account, uniqueId }: Entity,
  { input: { PolicyArn: arn }, parts: { catalog }, changes }: Attaching,
): Promise<void> {
  const stored = await catalog.store.find('attachment', [account, uniqueId, arn])
  if (stored === undefined) throw new Refusal('NoSuchEntityException', `Policy ${arn} was not found.`)
  changes.remove('attachment', [account, uniqueId, arn], stored.version)
}

/** One page of the policies attached to somebody. */
export async function attachedPolicies(
  owner: Pick<Entity, 'account' | 'uniqueId'>,
  input: { readonly PathPrefix?: string; readonly MaxItems?: number; readonly Marker?: string },
  { catalog }: Pick<Parts, 'catalog'>,
) {
  const { managed } = await heldPolicies(owner, catalog.store)
  const { items, ending } = pageOf(managed.filter(isBelow(input.PathPrefix)), input, policyOrder)
  const attached: readonly AttachedPolicy[] = items.map(attachedPolicy)
  return { AttachedPolicies: attached, ...ending }
}

/** A managed policy as lists of what somebody has show it. */
export function attachedPolicy(policy: Parameters<typeof policyArn>[0]): AttachedPolicy {
  return { PolicyName: policy.name, PolicyArn: policyArn(policy) }
}
