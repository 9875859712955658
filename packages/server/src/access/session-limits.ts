import type { Call } from '../call/call.ts'
import { Refusal } from '../protocol/errors.ts'

/** What a user's own session can ask STS for (IAM User Guide, "Compare AWS STS credentials"). */
const openToUsers: ReadonlySet<string> = new Set(['AssumeRole', 'GetCallerIdentity'])
const openToFederatedUsers: ReadonlySet<string> = new Set(['GetCallerIdentity'])

/**
 * What sessions of users and federated users cannot be used for, whatever policies say: IAM, unless a one-time code was
 * shown; and STS, but for a little. A role's session is not limited so, nor is one for a root task, which has its own limits.
 *
 * @throws Refusal
 */
export function requireUsable(operation: string, { caller, service }: Call): void {
  const { session, principal } = caller
  if (session === undefined || session.assumedRoot || principal.kind === 'assumed-role') return
  const isFederated = principal.kind === 'federated-user'
  if (service === 'iam' && (isFederated || session.multiFactorAt === undefined)) {
    throw new Refusal('UnrecognizedClientException')
  }
  const open = isFederated ? openToFederatedUsers : openToUsers
  if (service === 'sts' && !open.has(operation)) {
    throw new Refusal('AccessDeniedException', `Cannot call ${operation} with session credentials`)
  }
}
