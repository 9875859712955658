import type { Caller } from '../call/call.ts'
import { principalIdOf } from '../call/principal-id.ts'

/** The caller as CloudTrail writes it (AWS CloudTrail User Guide, "userIdentity element"). */
export function userIdentity({ principal, account, accessKeyId }: Caller): object {
  const principalId = principalIdOf(principal)
  switch (principal.kind) {
    case 'root':
      return { type: 'Root', principalId, arn: principal.arn, accountId: account, accessKeyId }
    case 'user':
      return {
        type: 'IAMUser',
        principalId,
        arn: principal.arn,
        accountId: account,
        accessKeyId,
        userName: principal.name,
      }
    case 'assumed-role':
      return {
        type: 'AssumedRole',
        principalId,
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
