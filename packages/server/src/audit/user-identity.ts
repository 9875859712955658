import type { Caller, CallerSession } from '../call/call.ts'
import { principalIdOf } from '../call/principal-id.ts'
import { eventTime } from './event-time.ts'

/** The caller as CloudTrail writes it (AWS CloudTrail User Guide, "userIdentity element"). */
export function userIdentity(caller: Caller): object {
  const { principal, account, accessKeyId, session } = caller
  const known = (arn: string) => ({
    principalId: principalIdOf(principal),
    arn,
    accountId: account,
    accessKeyId,
  })
  const context = session === undefined ? {} : { sessionContext: sessionContext(session) }
  switch (principal.kind) {
    case 'root':
      return { type: 'Root', ...known(principal.arn), ...context }
    case 'user':
      return { type: 'IAMUser', ...known(principal.arn), userName: principal.name, ...context }
    case 'assumed-role':
      return {
        type: 'AssumedRole',
        ...known(principal.arn),
        sessionContext: {
          sessionIssuer: issuer('Role', principal.roleArn, { account, principalId: principal.roleId }),
          ...(session && sessionContext(session)),
        },
      }
    case 'federated-user':
      return {
        type: 'FederatedUser',
        ...known(principal.arn),
        sessionContext: {
          sessionIssuer: federationIssuer(principal, account),
          ...(session && sessionContext(session)),
        },
      }
    case 'service':
      return { type: 'AWSService', invokedBy: principal.service }
    case 'web-identity':
      return webIdentityUser(caller)
  }
}

/** The caller as an account sees them that is not theirs: of whom, and under which id, and no more. */
export function foreignIdentity({ principal, account }: Caller): object {
  const principalId = principalIdOf(principal)
  return { type: 'AWSAccount', ...(principalId === undefined ? {} : { principalId }), accountId: account }
}

type Issuer = { readonly account: string; readonly principalId: string | undefined }

function issuer(type: 'Role' | 'IAMUser', arn: string, { account, principalId }: Issuer): object {
  return { type, principalId, arn, accountId: account, userName: arn.slice(arn.lastIndexOf('/') + 1) }
}

function federationIssuer(
  { issuerArn, issuerUniqueId }: { readonly issuerArn: string; readonly issuerUniqueId?: string },
  account: string,
): object {
  return issuerUniqueId === undefined
    ? { type: 'Root', principalId: account, arn: issuerArn, accountId: account }
    : issuer('IAMUser', issuerArn, { account, principalId: issuerUniqueId })
}

/** What temporary credentials say of themselves. */
function sessionContext(session: CallerSession): object {
  const { issuedAt, multiFactor, assumedRoot, sourceIdentity, webIdentity } = session
  return {
    ...(webIdentity && { webIdFederationData: { federatedProvider: webIdentity.provider, attributes: {} } }),
    attributes: { creationDate: eventTime(issuedAt), mfaAuthenticated: String(multiFactor) },
    ...(assumedRoot && { assumedRoot: 'true' }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  }
}

/** Somebody without a session: whoever their provider says they are; before their token is believed, nobody. */
function webIdentityUser({ webIdentity }: Caller): object {
  if (webIdentity === undefined) return { type: 'WebIdentityUser' }
  const { provider, audience, subject } = webIdentity
  return {
    type: 'WebIdentityUser',
    principalId: `${provider}:${audience}:${subject}`,
    userName: subject,
    identityProvider: provider,
  }
}
