import type { Caller } from '../call/call.ts'

/** The caller as CloudTrail writes it (AWS CloudTrail User Guide, "userIdentity element"). */
export function userIdentity({ principal, account, accessKeyId }: Caller): object {
  switch (principal.kind) {
    case 'root':
      return { type: 'Root', principalId: account, arn: principal.arn, accountId: account, accessKeyId }
    case 'user':
      return {
        type: 'IAMUser',
        principalId: principal.uniqueId,
        arn: principal.arn,
        accountId: account,
        accessKeyId,
        userName: principal.name,
      }
    case 'assumed-role':
      return {
        type: 'AssumedRole',
        principalId: `${principal.roleId}:${principal.sessionName}`,
        arn: principal.arn,
        accountId: account,
        accessKeyId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: principal.roleId,
            arn: principal.roleArn,
            accountId: account,
            userName: principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1),
          },
        },
      }
    case 'federated-user':
      return { type: 'FederatedUser', arn: principal.arn, accountId: account, accessKeyId }
    case 'service':
      return { type: 'AWSService', invokedBy: principal.service }
  }
}
