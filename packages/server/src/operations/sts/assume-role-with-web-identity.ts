import type { Caller } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import type { Role } from '../../identity/role.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Claims } from '../../web-identity/claims.ts'
import { issuerOf } from '../../web-identity/identity-tokens.ts'
import type { Operation, Subject } from '../operation.ts'
import type { Parts } from '../parts.ts'
import { issueSession } from './issue-session.ts'
import { assumedRoleUser, factsOf, needsToAssume, requireDuration, requireRole } from './role-session.ts'
import { readSessionPolicies, requireManagedPolicies } from './session-policies.ts'
import { readSessionTags, type SessionTags } from './session-tags.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'

type Name = 'AssumeRoleWithWebIdentity'

/** The role, and whom an identity provider vouches for. */
interface Assuming extends Subject {
  readonly caller: Caller
  readonly role: Role | undefined
  readonly issuer: string
  readonly claims: Claims
  readonly tags: SessionTags
  readonly parts: Parts
}

/** The one operation that needs no credentials: the token says who calls. */
export const assumeRoleWithWebIdentity: Operation<StsInput<Name>, StsOutput<Name>, Assuming> = {
  ...declaredSts({
    name: 'AssumeRoleWithWebIdentity',
    summary:
      'Gives temporary credentials for a role to somebody whom an OpenID Connect provider vouches for.',
    defaults: { DurationSeconds: 3600 },
  }),
  check(input) {
    readSessionPolicies(input)
    if (input.ProviderId !== undefined) {
      throw new Refusal(
        'ValidationException',
        'ProviderId is for OAuth 2.0 access tokens, which are not taken here.',
      )
    }
  },
  async find(input, call, parts) {
    const issuer = issuerOf(input.WebIdentityToken)
    const account = accountIn(input.RoleArn)
    const place = issuer.slice('https://'.length)
    const provider = await parts.catalog.store.find('openIdProvider', [account, place])
    if (provider === undefined) {
      throw new Refusal(
        'InvalidIdentityTokenException',
        `No OpenIDConnect provider found in your account for ${issuer}`,
      )
    }
    const claims = await parts.identityTokens.verify(input.WebIdentityToken, provider.value, call.now)
    const caller = callerOf(claims, account)
    const role = await parts.catalog.principals.roleByArn(input.RoleArn)
    const tags = readSessionTags({ Tags: claims.tags, TransitiveTagKeys: claims.transitiveTagKeys }, caller)
    return { keys: [], caller, role, issuer, claims, tags, parts }
  },
  needs(input, { role: found, claims, tags, parts }, call) {
    const role = requireRole(action, input, found, call)
    const { sourceIdentity, transitiveTagKeys } = claims
    const actions = [
      action,
      ...(tags.all.length > 0 ? ['sts:TagSession'] : []),
      ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ]
    const facts: RequestFacts = {
      ...factsOf(input),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...(tags.passed.length > 0 && { requestTags: tags.passed, transitiveTagKeys }),
    }
    return needsToAssume(actions, role, facts, parts.catalog)
  },
  require(input, { role }, call) {
    requireDuration(input.DurationSeconds ?? 3600, requireRole(action, input, role, call))
  },
  async handle({ input, subject: { role: found, issuer, claims, tags }, call, parts }) {
    const role = requireRole(action, input, found, call)
    const policies = readSessionPolicies(input)
    await requireManagedPolicies(policies, role.account, parts.catalog.store)
    const { DurationSeconds: seconds = 3600, RoleSessionName: sessionName } = input
    const { provider, subject, audience, conditionKeys, sourceIdentity } = claims
    const webIdentity = { provider, subject, audience, conditionKeys }
    const issued = issueSession(
      {
        account: role.account,
        source: { kind: 'role', roleId: role.uniqueId, sessionName, webIdentity },
        seconds,
        policies,
        tags: tags.all,
        transitiveTagKeys: tags.transitiveKeys,
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
      call.now,
      parts,
    )
    return {
      ...issued,
      AssumedRoleUser: assumedRoleUser(role, sessionName),
      SubjectFromWebIdentityToken: subject,
      Provider: issuer,
      Audience: audience,
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
}

const action = 'sts:AssumeRoleWithWebIdentity'

function accountIn(roleArn: string): string {
  const [, account] = /^arn:aws:iam::(\d{12}):role\//.exec(roleArn) ?? []
  if (account !== undefined) return account
  throw new Refusal('ValidationException', 'Request ARN is invalid')
}

/** Whoever the token says: somebody with nothing but what a trust policy gives them. */
function callerOf({ provider, subject, audience, conditionKeys }: Claims, account: string): Caller {
  return {
    principal: { kind: 'web-identity', arn: provider, account },
    account,
    accessKeyId: '',
    identityPolicies: [],
    tags: [],
    webIdentity: { provider, subject, audience, conditionKeys },
  }
}
