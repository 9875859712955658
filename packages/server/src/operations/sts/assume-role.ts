import type { Caller } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import { type Role, roleArn } from '../../identity/role.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Operation, Subject } from '../operation.ts'
import type { Parts } from '../parts.ts'
import { issueSession } from './issue-session.ts'
import { findProof, type Proof, spend } from './multi-factor.ts'
import { assumedRoleUser, factsOf, needsToAssume, requireDuration, requireRole } from './role-session.ts'
import { readSessionPolicies, requireManagedPolicies } from './session-policies.ts'
import { readSessionTags, type SessionTags } from './session-tags.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'

type Input = StsInput<'AssumeRole'>

/** The role, and what the caller brings along. */
interface Assuming extends Subject {
  readonly role: Role
  readonly tags: SessionTags
  readonly sourceIdentity: string | undefined
  readonly proof: Proof | undefined
  readonly parts: Parts
}

export const assumeRole: Operation<Input, StsOutput<'AssumeRole'>, Assuming> = {
  ...declaredSts({
    name: 'AssumeRole',
    summary: 'Gives temporary credentials for a role whose trust policy lets the caller have them.',
    defaults: { DurationSeconds: 3600 },
  }),
  check(input) {
    readSessionPolicies(input)
    if (input.ProvidedContexts !== undefined) {
      throw new Refusal('ValidationException', 'No context provider is known here.')
    }
  },
  async find(input, call, parts) {
    requireNoRoot(call.caller)
    const found = await parts.catalog.principals.roleByArn(input.RoleArn)
    const role = requireRole('sts:AssumeRole', input, found, call)
    return {
      keys: [],
      otherResources: [roleArn(role)],
      role,
      tags: readSessionTags(input, call.caller),
      sourceIdentity: sourceIdentityOf(input, call.caller),
      proof: await findProof(input, call, parts),
      parts,
    }
  },
  needs(input, { role, tags, sourceIdentity, proof, parts }) {
    const actions = [
      'sts:AssumeRole',
      ...(tags.all.length > 0 ? ['sts:TagSession'] : []),
      ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ]
    return needsToAssume(actions, role, assumingFacts(input, { tags, sourceIdentity, proof }), parts.catalog)
  },
  require({ DurationSeconds: seconds = 3600 }, { role }, { caller }) {
    if (caller.principal.kind === 'assumed-role' && seconds > chainedSecondsMost) {
      throw new Refusal(
        'ValidationException',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      )
    }
    requireDuration(seconds, role)
  },
  async handle({ input, subject: { role, tags, sourceIdentity, proof }, call, parts, changes }) {
    const policies = readSessionPolicies(input)
    await requireManagedPolicies(policies, role.account, parts.catalog.store)
    const { DurationSeconds: seconds = 3600, RoleSessionName: sessionName } = input
    const issued = issueSession(
      {
        account: role.account,
        source: { kind: 'role', roleId: role.uniqueId, sessionName },
        seconds,
        policies,
        tags: tags.all,
        transitiveTagKeys: tags.transitiveKeys,
        ...(proof && { multiFactorAt: proof.at }),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
      call.now,
      parts,
    )
    if (proof !== undefined) spend(proof, changes)
    return {
      ...issued,
      AssumedRoleUser: assumedRoleUser(role, sessionName),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
}

/** What one role's session may get of another's, at most. */
const chainedSecondsMost = 3600

function requireNoRoot({ principal }: Caller): void {
  if (principal.kind !== 'root') return
  throw new Refusal('AccessDeniedException', 'Roles may not be assumed by root accounts.')
}

/** A source identity is set once, and goes along from then on. */
function sourceIdentityOf({ SourceIdentity: wanted }: Input, { session }: Caller): string | undefined {
  const present = session?.sourceIdentity
  if (present === undefined || wanted === undefined || wanted === present) return wanted ?? present
  throw new Refusal('AccessDeniedException', 'The source identity of a session cannot be changed.')
}

function assumingFacts(
  input: Input,
  { tags, sourceIdentity, proof }: Pick<Assuming, 'tags' | 'sourceIdentity' | 'proof'>,
): RequestFacts {
  const { ExternalId, TransitiveTagKeys } = input
  return {
    ...factsOf(input),
    ...(ExternalId !== undefined && { externalId: ExternalId }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(TransitiveTagKeys !== undefined && { transitiveTagKeys: TransitiveTagKeys }),
    ...(tags.passed.length > 0 && { requestTags: tags.passed }),
    ...(proof && { multiFactorAt: proof.at }),
  }
}
