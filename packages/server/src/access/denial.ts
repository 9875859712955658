import {
  type AccessRequest,
  type Authorization,
  type DenialView,
  denialSentence,
  noConditionKeys,
} from '@claviger/policy'
import type { Call } from '../call/call.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Need } from './need.ts'

/** A denial, worded as AWS words it; what decided goes into the audit record, not to the caller. */
export function denied(
  authorization: Authorization,
  need: Need,
  call: Call,
  encodedMessage?: string,
): Refusal {
  const request = requestOf(call, need.action, need.shownAs ?? need.resource)
  if (need.named === 'to-assume') return deniedRole(call, need.action, need.resource, authorization)
  const sentence = denialSentence(authorization, request, denialView(need, call))
  return new Refusal('AccessDeniedException', sentence, { cause: authorization, encodedMessage })
}

/**
 * Who may not assume a role is not told why, nor whether there is such a role. Somebody without an identity here is not
 * even told which role.
 */
export function deniedRole(call: Call, action: string, roleArn: string, cause?: Authorization): Refusal {
  const { principal } = call.caller
  const sentence =
    principal.kind === 'web-identity'
      ? `Not authorized to perform ${action}`
      : `User: ${principal.kind === 'service' ? principal.service : principal.arn} is not authorized to perform: ${action} on resource: ${roleArn}`
  return new Refusal('AccessDeniedException', sentence, { cause })
}

/** How much of what he asked for a refused caller may see. */
export function denialView({ named, key }: Need, { caller }: Call): DenialView {
  const foreign = key !== undefined && key.key.account !== caller.account
  if (named === 'not-at-all') return 'no-resource'
  if (!foreign) return 'own-account'
  return named === 'by-ciphertext' ? 'foreign-ciphertext' : 'foreign-key'
}

function requestOf(call: Call, action: string, resource: string): AccessRequest {
  return { principal: call.caller.principal, action, resource, conditionKeys: noConditionKeys }
}

const nothingAllows: Authorization = { decision: 'ImplicitDeny', layer: 'key-policy', because: [] }

/** What a caller learns of another account's key that is not there: the same as of one that is not for them. */
export function deniedForeignKey(call: Call, action: string): Refusal {
  return new Refusal(
    'AccessDeniedException',
    denialSentence(nothingAllows, requestOf(call, action, '*'), 'foreign-key'),
  )
}

/**
 * What is said of a ciphertext whose key is not here, whether it ever was or is another Region's. A header that names
 * another account may be made up, and says nothing of whether that account has such a key.
 */
export function deniedCiphertextKey(call: Call, action: string, account: string): Refusal {
  if (account !== call.caller.account) {
    const request = requestOf(call, action, '*')
    return new Refusal('AccessDeniedException', denialSentence(nothingAllows, request, 'foreign-ciphertext'))
  }
  return new Refusal(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )
}
