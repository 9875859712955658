import { awsAccount, policyArn } from './managed-policy.ts'

/** What the management account may switch on for the root users of member accounts, which have no credentials here. */
export type RootFeature = 'RootCredentialsManagement' | 'RootSessions'

/** [policy that AWS manages, what has to be switched on] (IAM User Guide, "Perform a privileged task"). */
const rows: readonly (readonly [policy: string, feature: RootFeature])[] = [
  ['IAMAuditRootUserCredentials', 'RootCredentialsManagement'],
  ['IAMCreateRootUserPassword', 'RootCredentialsManagement'],
  ['IAMDeleteRootUserCredentials', 'RootCredentialsManagement'],
  ['S3UnlockBucketPolicy', 'RootSessions'],
  ['SQSUnlockQueuePolicy', 'RootSessions'],
]

const featureByArn = new Map(
  rows.map(([name, feature]) => [policyArn({ account: awsAccount, path: '/root-task/', name }), feature]),
)

/** What has to be switched on for sessions with this task policy; `undefined` for any other policy. */
export function featureOfTask(arn: string): RootFeature | undefined {
  return featureByArn.get(arn)
}

/** The account that is meant by its id or the ARN of its root user. */
export function accountOfRoot(written: string): string | undefined {
  const [, id, ofArn] = /^(?:(\d{12})|arn:aws:iam::(\d{12}):root)$/.exec(written) ?? []
  return id ?? ofArn
}

/**
 * What a session with a task policy may do at most. Task policies only deny, as they limit somebody who may do
 * everything; so beside them stands one that allows.
 */
export function taskLimits(arn: string): readonly ({ readonly arn: string } | { readonly text: string })[] {
  return [{ arn }, { text: everything }]
}

const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
