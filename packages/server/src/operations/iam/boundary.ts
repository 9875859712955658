import { managedPolicy } from '../../catalog/held-policies.ts'
import { isForServicesOnly } from '../../identity/aws-managed-policy.ts'
import { awsAccount, parsePolicyArn } from '../../identity/managed-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { AttachedPermissionsBoundary } from '../../protocol/models/iam.ts'
import type { Changes } from '../changes.ts'
import type { Parts } from '../parts.ts'

/** A permissions boundary as IAM shows it. */
export function shownBoundary(boundary: string | undefined): {
  readonly PermissionsBoundary?: AttachedPermissionsBoundary
} {
  if (boundary === undefined) return {}
  const type = 'PermissionsBoundaryPolicy'
  return {
    PermissionsBoundary: { PermissionsBoundaryType: type, PermissionsBoundaryArn: boundary },
  }
}

/** A user's or role's boundary as a condition key, where it has one. */
export function boundaryFacts(boundary: string | undefined): { readonly permissionsBoundary?: string } {
  return boundary === undefined ? {} : { permissionsBoundary: boundary }
}

/**
 * Requires that a policy can bound somebody, and holds the commit to its being there.
 *
 * @throws Refusal `NoSuchEntityException`, `PolicyNotAttachableException`
 */
export async function requireBoundary(
  arn: string,
  { account, parts: { catalog }, changes }: { account: string; parts: Parts; changes: Changes },
): Promise<void> {
  const policy = await managedPolicy(arn, account, catalog.store)
  if (policy === undefined) {
    throw new Refusal('NoSuchEntityException', `Scope ARN: ${arn} does not exist or is not attachable.`)
  }
  if (isForServicesOnly(policy.value)) {
    throw new Refusal(
      'PolicyNotAttachableException',
      `Cannot attach a Service Role Policy to a Customer Role.`,
    )
  }
  if (policy.value.account !== awsAccount) changes.replace('managedPolicy', policy, policy.value)
}

/** @throws Refusal `ValidationException` for a boundary that is no ARN of a policy */
export function checkBoundary({ PermissionsBoundary: arn }: { readonly PermissionsBoundary?: string }): void {
  if (arn !== undefined && parsePolicyArn(arn) === undefined) {
    throw new Refusal('ValidationException', 'Invalid ARN:  Could not be parsed!')
  }
}
