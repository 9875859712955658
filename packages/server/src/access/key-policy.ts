import { malformedKeyPolicyMessage, parsePolicy } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type Key, type KeyPolicy, keyArn } from '../keys/key.ts'
import { Refusal } from '../protocol/errors.ts'
import { bindingsOf, shownText } from './bound-policy.ts'
import { decide } from './decide.ts'
import { questionOf } from './question.ts'

/** AWS KMS resource quotas: key policy document size. */
const policyBytesMost = 32_768

/**
 * A key policy as it may be stored: parsed, its principals known to exist and bound to who they are today.
 *
 * @throws Refusal `LimitExceededException`, `MalformedPolicyDocumentException`
 */
export async function readKeyPolicy(text: string, catalog: Catalog): Promise<KeyPolicy> {
  if (Buffer.byteLength(text) > policyBytesMost) {
    throw new Refusal('LimitExceededException', `The key policy is larger than ${policyBytesMost} bytes`)
  }
  const parsed = parsePolicy(text, 'key-policy')
  if (!parsed.ok) {
    throw new Refusal('MalformedPolicyDocumentException', malformedKeyPolicyMessage(parsed.problems))
  }
  const bound = await bindingsOf(parsed.policy, catalog)
  if (bound.ok) return { text, bindings: bound.bindings }
  throw new Refusal(
    'MalformedPolicyDocumentException',
    'Policy contains a statement with one or more invalid principals.',
  )
}

/**
 * Refuses a key policy that would leave its author unable to change it again: they are asked about under the new
 * policy as in any other call, with their own identity policies (AWS KMS API Reference, PutKeyPolicy).
 */
export async function requireNoLockout(key: Key, call: Call, catalog: Catalog): Promise<void> {
  const entry = catalog.entryOf({ value: key, version: 0 }, [])
  const decision = decide(
    await questionOf(
      { action: 'kms:PutKeyPolicy', resource: keyArn(key), key: entry, named: 'by-caller', facts: {} },
      call,
      catalog,
    ),
  )
  if (decision.decision === 'Allow') return
  throw new Refusal(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
    { cause: decision },
  )
}

/** A key policy as a reader sees it: as written, but for principals that are gone, who show as their unique ids. */
export function shownPolicy(stored: KeyPolicy, catalog: Catalog): Promise<string> {
  return shownText(stored, 'key-policy', catalog)
}

/** Whether the safety check is bypassed, as policies see it: absent when the caller did not say (AWS tests for `Null`). */
export function bypassFacts(input: { readonly BypassPolicyLockoutSafetyCheck?: boolean }): RequestFacts {
  const { BypassPolicyLockoutSafetyCheck: bypass } = input
  return bypass === undefined ? {} : { bypassPolicyLockoutSafetyCheck: bypass }
}
