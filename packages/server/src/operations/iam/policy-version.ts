import { findVersion, type ManagedPolicy, type PolicyVersion } from '../../identity/managed-policy.ts'
import { Refusal } from '../../protocol/errors.ts'

/** @throws Refusal `NoSuchEntityException` for a version that is not, or no more */
export function getVersion(policy: ManagedPolicy, arn: string, id: string): PolicyVersion {
  const version = findVersion(policy, id)
  if (version !== undefined) return version
  throw new Refusal(
    'NoSuchEntityException',
    `Policy ${arn} version ${id} does not exist or is not attachable.`,
  )
}
