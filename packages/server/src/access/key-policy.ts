import {
  malformedKeyPolicyMessage,
  type Policy,
  type PrincipalPattern,
  parsePolicy,
  principalsIn,
  showDeletedPrincipals,
} from '@claviger/policy'
import { invariant } from '../base/invariant.ts'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type Key, type KeyPolicy, keyArn } from '../keys/key.ts'
import { Refusal } from '../protocol/errors.ts'
import { decide } from './decide.ts'
import { questionOf } from './question.ts'
import { shownPrincipal } from './shown-principal.ts'

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
  return { text, bindings: await bindingsOf(parsed.policy, catalog) }
}

async function bindingsOf(policy: Policy, catalog: Catalog): Promise<Readonly<Record<string, string>>> {
  const bindings: Record<string, string> = {}
  for (const principal of principalsIn(policy)) {
    const uniqueId = await uniqueIdOf(principal, catalog)
    if (uniqueId !== undefined) bindings[principal.written] = uniqueId
  }
  return bindings
}

/** Who a principal is, for a user or role; nothing for kinds that are not bound to one. Refuses those that are nobody. */
async function uniqueIdOf(principal: PrincipalPattern, catalog: Catalog): Promise<string | undefined> {
  switch (principal.kind) {
    case 'anyone':
    case 'service':
      return undefined
    case 'user':
    case 'role': {
      const uniqueId = await catalog.principals.uniqueIdOf(principal.written)
      if (uniqueId !== undefined) return uniqueId
      break
    }
    case 'unique-id':
      if (await catalog.principals.hasUniqueId(principal.written)) return undefined
      break
    case 'account':
    case 'assumed-role':
    case 'federated-user':
    case 'federated':
      if (
        isHere(principal) &&
        principal.account !== undefined &&
        (await catalog.principals.hasAccount(principal.account))
      )
        return undefined
      break
  }
  throw new Refusal(
    'MalformedPolicyDocumentException',
    'Policy contains a statement with one or more invalid principals.',
  )
}

/** Accounts of other partitions are not here, whatever their digits. */
function isHere({ written }: PrincipalPattern): boolean {
  return !written.startsWith('arn:') || written.startsWith('arn:aws:')
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
export async function shownPolicy(stored: KeyPolicy, catalog: Catalog): Promise<string> {
  const replacements: Record<string, string> = {}
  for (const [arn, uniqueId] of Object.entries(stored.bindings)) {
    const shown = await shownPrincipal(arn, uniqueId, catalog)
    if (shown !== arn) replacements[arn] = shown
  }
  if (Object.keys(replacements).length === 0) return stored.text
  const parsed = parsePolicy(stored.text, 'key-policy', stored.bindings)
  invariant(parsed.ok, 'a stored policy parses')
  return showDeletedPrincipals(stored.text, parsed.policy, replacements)
}

/** Whether the safety check is bypassed, as policies see it: absent when the caller did not say (AWS tests for `Null`). */
export function bypassFacts(input: { readonly BypassPolicyLockoutSafetyCheck?: boolean }): RequestFacts {
  const { BypassPolicyLockoutSafetyCheck: bypass } = input
  return bypass === undefined ? {} : { bypassPolicyLockoutSafetyCheck: bypass }
}
