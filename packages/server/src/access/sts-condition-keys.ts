import type { ConditionKeyRow } from './condition-key.ts'

const noCognito = 'there is no Amazon Cognito here'
const noSuchOperation = 'the operations that have it are not built'

/**
 * The condition keys of STS itself (Service Authorization Reference, "Condition keys for AWS Security Token Service"),
 * but for those that begin with the name of an identity provider. To add one, add a row.
 */
export const stsConditionKeys: readonly ConditionKeyRow[] = [
  ['sts:AWSServiceName', 'String', noSuchOperation],
  ['sts:DurationSeconds', 'Numeric', ({ facts }) => text(facts.durationSeconds)],
  ['sts:ExternalId', 'String', ({ facts }) => facts.externalId],
  ['sts:RequestContext/', 'String', noCognito],
  ['sts:RequestContextProviders', 'ArrayOfString', noCognito],
  ['sts:RoleSessionName', 'String', ({ facts }) => facts.roleSessionName],
  ['sts:SourceIdentity', 'String', ({ facts }) => facts.sourceIdentity],
  ['sts:TaskPolicyArn', 'ARN', ({ facts }) => facts.taskPolicyArn],
  ['sts:TransitiveTagKeys', 'ArrayOfString', ({ facts }) => facts.transitiveTagKeys],
]

function text(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number)
}
