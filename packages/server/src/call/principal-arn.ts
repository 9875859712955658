import type { Principal } from '@claviger/policy'

/**
 * What policies call a principal, `aws:PrincipalArn`: the role of a session, and not the session. A service has no
 * ARN, and neither has somebody without a session.
 */
export function principalArnOf(principal: Principal): string | undefined {
  if (principal.kind === 'service' || principal.kind === 'web-identity') return undefined
  return principal.kind === 'assumed-role' ? principal.roleArn : principal.arn
}
