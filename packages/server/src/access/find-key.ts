import { type Soon, whenHere } from '../base/soon.ts'
import type { Call } from '../call/call.ts'
import { viaServiceOf } from '../call/via-service.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import { unmadeKey } from '../catalog/unmade-key.ts'
import { aliasArn } from '../keys/alias.ts'
import { isPredefinedAlias, managedServiceOf } from '../keys/aws-managed-key.ts'
import { keyArn } from '../keys/key.ts'
import { type KeyReference, parseKeyReference } from '../keys/key-reference.ts'
import { Refusal } from '../protocol/errors.ts'
import { deniedForeignKey } from './denial.ts'

interface Search {
  readonly call: Call
  readonly catalog: Catalog
  /** The action to name, should the key be another account's and not be there. */
  readonly action: string
  readonly takesAliases: boolean
}

/**
 * The key that a caller's `KeyId` names. In the caller's own account a missing key is said to be missing; in
 * another account nobody learns whether a key exists, so there the answer is a denial (FACTS of AWS's API: the same
 * sentence for "not there" and "not allowed").
 *
 * @throws Refusal `NotFoundException`, or `AccessDeniedException` for another account's
 */
export function findKey(text: string, search: Search): Soon<{ key: KeyEntry; alias?: string }> {
  const { call, catalog } = search
  const standpoint = { account: call.caller.account, region: call.region }
  const reference = parseKeyReference(text, standpoint, search.takesAliases)
  if (reference.kind === 'alias') return findByAlias(reference, search)
  const arn = keyArn(reference)
  return whenHere(catalog.key(arn), (key) => {
    if (key !== undefined) return { key }
    if (reference.account !== call.caller.account) throw deniedForeignKey(call, search.action)
    throw new Refusal('NotFoundException', `Key '${arn}' does not exist`)
  })
}

async function findByAlias(
  reference: Extract<KeyReference, { kind: 'alias' }>,
  search: Search,
): Promise<{ key: KeyEntry; alias: string }> {
  const { call, catalog } = search
  const alias = await catalog.alias(reference.account, reference.region, reference.name)
  const key =
    alias === undefined ? undefined : await catalog.key(keyArn({ ...alias, keyId: alias.targetKeyId }))
  if (key !== undefined) return { key, alias: reference.name }
  if (reference.account !== call.caller.account) throw deniedForeignKey(call, search.action)
  const unmade = isFirstUse(reference.name, search) ? unmadeKey(reference, call.now, catalog) : undefined
  if (unmade !== undefined) return { key: unmade, alias: reference.name }
  throw new Refusal('NotFoundException', `Alias ${aliasArn(reference)} is not found.`)
}

/**
 * Whether naming this alias makes the key that AWS manages: its service does, by calling for a principal, and whoever
 * asks what the key is (AWS KMS API Reference, DescribeKey: predefined aliases).
 */
function isFirstUse(alias: string, { call, action }: Search): boolean {
  const { via } = call.caller
  if (via === undefined) return action === 'kms:DescribeKey' && isPredefinedAlias(alias)
  const service = managedServiceOf(alias)
  return service !== undefined && via === viaServiceOf(service.caller, call.region)
}

/**
 * The key of the caller's own account with this id or ARN, as alias operations name their target. Another account's
 * is refused alike whether it is there or not.
 */
export async function findOwnKey(text: string, search: Omit<Search, 'takesAliases'>): Promise<KeyEntry> {
  const { key } = await findKey(text, { ...search, takesAliases: false })
  if (key.key.account !== search.call.caller.account) throw deniedForeignKey(search.call, search.action)
  return key
}
