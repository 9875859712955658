import {
  type AccessRequest,
  type Authority,
  type Authorization,
  authorize,
  authorizeRetirement,
  type Grant,
  type Layer,
  malformedKeyPolicyMessage,
} from '@claviger/policy'
import { authorityOf, formByText } from './authority-of.ts'
import type { Answer, DecisionCase } from './decision-case.ts'
import { conditionKeysOf } from './implied-keys.ts'
import { UnusableCase } from './read-value.ts'

/** A case, decided: the answer in the words of the format, and what it rests on for whoever explains it. */
export interface Decided {
  readonly answer: Answer
  readonly asked?: Asked
}

/** One action that was asked about, and who said what. */
export interface Asked {
  readonly authority: Authority
  readonly request: AccessRequest
  readonly authorization: Authorization
  /** What is asked, where it is not simply the action of the case. */
  readonly note?: string
}

/** Decides a case. Whatever is wrong with it is its answer, too. */
export function decide(one: DecisionCase): Decided {
  try {
    return decideUsable(one)
  } catch (error) {
    if (!(error instanceof UnusableCase)) throw error
    return { answer: errorAnswer(error) }
  }
}

/** The answer to a case that cannot be evaluated. */
export function errorAnswer({ message, awsError }: UnusableCase): Answer {
  return { decision: 'ERROR', ...(awsError !== undefined && { error: awsError }), message }
}

/** How the format calls our layers. */
const policyTypeByLayer: Readonly<Record<Layer, string>> = {
  'key-policy': 'resource',
  'trust-policy': 'resource',
  grant: 'resource',
  'identity-policy': 'identity',
  'permissions-boundary': 'boundary',
  'session-policy': 'session',
  'service-control-policy': 'scp',
  'resource-control-policy': 'rcp',
  'endpoint-policy': 'vpce',
  'cross-account': 'operation-not-cross-account',
}

function decideUsable(one: DecisionCase): Decided {
  const authority = authorityOf(one)
  let last: Asked | undefined
  for (const action of actionsOf(one)) {
    last = ask(one, authority, action)
    const { decision, layer } = last.authorization
    if (decision === 'Allow') continue
    const kind = decision === 'ExplicitDeny' ? 'explicit' : 'implicit'
    return { answer: { decision: 'DENY', kind, policyType: policyTypeByLayer[layer] }, asked: last }
  }
  const lockout = lockoutOf(one, authority)
  if (lockout !== undefined) {
    return { answer: errorAnswer(new UnusableCase(lockoutMessage, malformed)), asked: lockout }
  }
  return { answer: { decision: 'ALLOW' }, ...(last !== undefined && { asked: last }) }
}

const malformed = 'MalformedPolicyDocumentException'

/** What would keep the caller from changing the key policy again, were it replaced by the new one. */
function lockoutOf(one: DecisionCase, authority: Authority): Asked | undefined {
  const { newKeyPolicy: text, request } = one
  if (text === undefined) return undefined
  const form = formByText(text)
  if ('problems' in form) throw new UnusableCase(malformedKeyPolicyMessage(form.problems), malformed)
  if (request.members.BypassPolicyLockoutSafetyCheck === 'true') return undefined
  const asked = ask(withoutRequest(one), { ...authority, keyPolicy: form }, 'kms:PutKeyPolicy')
  if (asked.authorization.decision === 'Allow') return undefined
  return { ...asked, note: 'kms:PutKeyPolicy under the new key policy' }
}

/** AWS KMS API Reference, PutKeyPolicy. */
const lockoutMessage = 'The new key policy will not allow you to update the key policy in the future.'

/** The safety check is a call of its own, which has no part in the bypass of the one at hand. */
function withoutRequest(one: DecisionCase): DecisionCase {
  return { ...one, request: { members: {} } }
}

/** Some calls need two actions; the first that is refused is the answer. */
function actionsOf({ action, request }: DecisionCase): string[] {
  const tags = action === 'kms:CreateKey' && request.tags !== undefined && request.tags.length > 0
  return tags ? [action, 'kms:TagResource'] : [action]
}

function ask(one: DecisionCase, authority: Authority, action: string): Asked {
  const { principal, resource } = one
  const grant = action === 'kms:RetireGrant' ? retiredGrant(one) : undefined
  const request = { principal, action, resource, conditionKeys: conditionKeysOf(one, action, grant) }
  const authorization =
    grant === undefined ? authorize(authority, request) : authorizeRetirement(authority, request, grant)
  return { authority, request, authorization, ...(action !== one.action && { note: action }) }
}

/** The grant that the request names; the only one, if it names none. */
function retiredGrant({ request: { grantId }, grants, resource }: DecisionCase): Grant {
  const [first, second] = grants
  if (grantId !== undefined) {
    const found = grants.find((grant) => grant.grantId === grantId)
    if (found === undefined)
      throw new UnusableCase(`request.GrantId is \`${grantId}\`, which none of the grants is`)
    return found
  }
  if (second !== undefined) throw new UnusableCase('request.GrantId must say which of the grants is retired')
  // Without any, it is one that names nobody, so that only the account that made it can decide.
  return first ?? { grantId: 'grant-1', issuingAccount: resource.split(':')[4] ?? '', operations: [] }
}
