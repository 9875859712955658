import type { Principal } from '@claviger/policy'

/**
 * What a principal is known by beside its name: `aws:userid`, `UserId` of GetCallerIdentity, `principalId` of a record
 * (IAM User Guide, "Where you can use policy variables"). A service has none, and
 * nobody has one before he has a session.
 */
export function principalIdOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'root':
      return principal.account
    case 'user':
      return principal.uniqueId
    case 'assumed-role':
      return `${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
      return `${principal.account}:${principal.arn.slice(principal.arn.indexOf('/') + 1)}`
    case 'service':
    case 'web-identity':
      return undefined
  }
}
