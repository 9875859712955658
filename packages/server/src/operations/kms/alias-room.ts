import type { KeyEntry } from '../../catalog/key-entry.ts'
import { Refusal } from '../../protocol/errors.ts'

/** AWS KMS resource quotas: aliases per key. */
const aliasesPerKey = 50

export function requireAliasRoom(key: KeyEntry): void {
  if (key.aliasNames.length < aliasesPerKey) return
  throw new Refusal('LimitExceededException', `${key.arn} already has ${aliasesPerKey} aliases`)
}
