import type { Need } from '../../access/need.ts'
import type { Call } from '../../call/call.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { aliasArn } from '../../keys/alias.ts'

/** The ARN of an alias of the caller's account, which is what alias operations act on beside a key. */
export function ownAliasArn(name: string, call: Call): string {
  return aliasArn({ account: call.caller.account, region: call.region, name })
}

/**
 * Alias operations need the same permission twice or thrice: on the alias, where only the caller's own policies
 * speak, and on each key concerned, where its key policy does (AWS KMS Developer Guide, "Controlling access to
 * aliases").
 */
export function aliasNeeds(
  action: string,
  name: string,
  keys: readonly KeyEntry[],
  call: Call,
): readonly Need[] {
  return [
    { action, resource: ownAliasArn(name, call), named: 'by-caller', facts: {} },
    ...keys.map((key): Need => ({ action, resource: key.arn, key, named: 'by-caller', facts: {} })),
  ]
}
