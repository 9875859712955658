import { malformedPolicyMessage, parsePolicy } from '@claviger/policy'
import { managedPolicy } from '../../catalog/held-policies.ts'
import type { SessionPolicy } from '../../identity/session.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Store } from '../../storage/store.ts'

interface Passed {
  readonly Policy?: string
  readonly PolicyArns?: readonly { readonly arn?: string }[]
}

/** How many managed policies may limit a session, and how long these and the inline one may be together. */
const arnsMost = 10
const charactersMost = 2048

/** The policies that are to limit a session, as far as they can be checked without looking. @throws Refusal */
export function readSessionPolicies({
  Policy: text,
  PolicyArns: passed = [],
}: Passed): readonly SessionPolicy[] {
  const arns = passed.flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
  if (arns.length > arnsMost) {
    throw new Refusal('ValidationException', `You can specify at most ${arnsMost} managed policy ARNs.`)
  }
  const characters = (text?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0)
  if (characters > charactersMost) {
    const most = `The inline and managed session policies can have at most ${charactersMost} characters together.`
    throw new Refusal('ValidationException', most)
  }
  if (text === undefined) return arns.map((arn) => ({ arn }))
  const parsed = parsePolicy(text, 'session-policy')
  if (!parsed.ok) {
    throw new Refusal('MalformedPolicyDocumentException', malformedPolicyMessage(parsed.problems))
  }
  return [{ text }, ...arns.map((arn) => ({ arn }))]
}

/** Requires that the managed ones are there, in the account whose session it is. @throws Refusal `ValidationException` */
export async function requireManagedPolicies(
  policies: readonly SessionPolicy[],
  account: string,
  store: Store,
): Promise<void> {
  for (const policy of policies) {
    if ('text' in policy || (await managedPolicy(policy.arn, account, store)) !== undefined) continue
    throw new Refusal('ValidationException', `Policy ${policy.arn} does not exist or is not attachable.`)
  }
}
