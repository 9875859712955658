import { deniedRole } from '../../access/denial.ts'
import type { Need } from '../../access/need.ts'
import type { Call } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { type Role, roleArn, sessionArn } from '../../identity/role.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { AssumedRoleUser } from '../../protocol/models/sts.ts'

/** What every way to a session of a role says of it. */
interface Asked {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly DurationSeconds?: number
}

/** The role, if it is there. @throws Refusal the same as for one that is there and not for the caller */
export function requireRole(
  action: string,
  { RoleArn: arn }: Asked,
  role: Role | undefined,
  call: Call,
): Role {
  if (role === undefined) throw deniedRole(call, action, arn)
  return role
}

/** The needs of a role's session: of assuming it, and of each thing that is set beside. */
export function needsToAssume(
  actions: readonly string[],
  role: Role,
  facts: RequestFacts,
  { policies }: Catalog,
): readonly Need[] {
  return actions.map((action) => ({
    action,
    resource: roleArn(role),
    role: { account: role.account, trustPolicy: policies.ofRole(role.trustPolicy) },
    named: 'to-assume',
    facts: { ...facts, resourceTags: role.tags },
  }))
}

/** The facts that every such request has. */
export function factsOf({ RoleSessionName, DurationSeconds }: Asked): RequestFacts {
  return {
    roleSessionName: RoleSessionName,
    ...(DurationSeconds !== undefined && { durationSeconds: DurationSeconds }),
  }
}

/** @throws Refusal `ValidationException` for a session that is longer than the role's may be */
export function requireDuration(seconds: number, { maxSessionSeconds }: Role): void {
  if (seconds <= maxSessionSeconds) return
  throw new Refusal(
    'ValidationException',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  )
}

/** A session as answers call it. */
export function assumedRoleUser(role: Role, sessionName: string): AssumedRoleUser {
  return { AssumedRoleId: `${role.uniqueId}:${sessionName}`, Arn: sessionArn(role, sessionName) }
}
