import type { ConditionKeyRow, Supplier } from './condition-key.ts'

/** A tag of the user, role, policy or instance profile acted on; the case of its key does not count. */
export const resourceTag: Supplier = ({ key, facts }, suffix) =>
  key?.tags.get(suffix) ?? facts.resourceTags?.find((tag) => tag.key.toLowerCase() === suffix)?.value

const noSuchOperation = 'the operations that have it are not built yet'
const noMfaKeys = 'there are no security keys here'
const noDelegation = 'there are no delegation requests here'

/**
 * The condition keys of IAM itself (Service Authorization Reference, "Condition keys for AWS Identity and Access
 * Management"). To add one, add a row; a name that ends in `/` is the beginning of many.
 */
export const iamConditionKeys: readonly ConditionKeyRow[] = [
  ['iam:AssociatedResourceArn', 'ARN', noSuchOperation],
  ['iam:AWSServiceName', 'String', ({ facts }) => facts.awsServiceName],
  ['iam:DelegationDuration', 'Numeric', noDelegation],
  ['iam:DelegationRequestOwner', 'ARN', noDelegation],
  ['iam:FIDO-certification', 'String', noMfaKeys],
  ['iam:FIDO-FIPS-140-2-certification', 'String', noMfaKeys],
  ['iam:FIDO-FIPS-140-3-certification', 'String', noMfaKeys],
  ['iam:NotificationChannel', 'ARN', noDelegation],
  ['iam:OrganizationsPolicyId', 'String', noSuchOperation],
  ['iam:PassedToService', 'String', ({ facts }) => facts.passedToService],
  ['iam:PermissionsBoundary', 'ARN', ({ facts }) => facts.permissionsBoundary],
  ['iam:PolicyARN', 'ARN', ({ facts }) => facts.policyArn],
  ['iam:RegisterSecurityKey', 'String', noMfaKeys],
  ['iam:ResourceTag/', 'String', resourceTag],
  ['iam:ServiceSpecificCredentialAgeDays', 'Numeric', noSuchOperation],
  ['iam:ServiceSpecificCredentialServiceName', 'String', noSuchOperation],
  ['iam:TemplateArn', 'ARN', noDelegation],
]
