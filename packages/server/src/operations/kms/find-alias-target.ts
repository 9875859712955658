import type { Call } from '../../call/call.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import type { Alias } from '../../keys/alias.ts'
import { keyArn } from '../../keys/key.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import type { Parts } from '../parts.ts'
import { ownAliasArn } from './alias-needs.ts'

/** An alias of the caller's account and the key it stands for. @throws Refusal `NotFoundException` */
export async function findAliasTarget(
  name: string,
  call: Call,
  { catalog }: Parts,
): Promise<{ alias: Stored<Alias>; target: KeyEntry }> {
  const alias = await catalog.storedAlias(call.caller.account, call.region, name)
  const target =
    alias === undefined
      ? undefined
      : await catalog.key(keyArn({ ...alias.value, keyId: alias.value.targetKeyId }))
  if (alias === undefined || target === undefined) {
    throw new Refusal('NotFoundException', `Alias ${ownAliasArn(name, call)} is not found.`)
  }
  return { alias, target }
}
