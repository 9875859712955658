import type { Catalog } from '../../catalog/catalog.ts'
import type { Entity } from '../../identity/entity.ts'
import type { InlinePolicy } from '../../identity/inline-policy.ts'
import { quotaOf, sizeOf } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import type { Changes } from '../changes.ts'
import { requireIdentityPolicy } from './read-policy.ts'

/** Whose policies: the word IAM has for it, and the quota they have together. */
const owners = {
  user: ['user', 'UserPolicySize'],
  group: ['group', 'GroupPolicySize'],
  role: ['role', 'RolePolicySize'],
} as const

/** Who can have policies written into it. */
export type InlineOwnerKind = keyof typeof owners

interface Put {
  readonly PolicyName: string
  readonly PolicyDocument: string
}

/** @throws Refusal `MalformedPolicyDocumentException` */
export function checkInlinePolicy({ PolicyDocument }: Put): void {
  requireIdentityPolicy(PolicyDocument)
}

/** Writes a policy into its owner, in place of one with the same name. @throws Refusal `LimitExceededException` */
export async function putInlinePolicy(
  kind: InlineOwnerKind,
  owner: Entity,
  { input, catalog, changes }: { input: Put; catalog: Catalog; changes: Changes },
): Promise<void> {
  const { account, uniqueId: ownerId } = owner
  const present = await inlinePolicies(owner, catalog)
  const isReplaced = ({ value }: Stored<InlinePolicy>) => value.name === input.PolicyName
  const size = present
    .filter((policy) => !isReplaced(policy))
    .reduce((sum, { value }) => sum + sizeOf(value.text), sizeOf(input.PolicyDocument))
  const [noun, quota] = owners[kind]
  if (size > quotaOf(quota)) {
    throw new Refusal(
      'LimitExceededException',
      `Maximum policy size of ${quotaOf(quota)} bytes exceeded for ${noun} ${owner.name}`,
    )
  }
  const policy = { account, ownerId, name: input.PolicyName, text: input.PolicyDocument }
  const replaced = present.find(isReplaced)
  if (replaced === undefined) changes.add('inlinePolicy', policy)
  else changes.replace('inlinePolicy', replaced, policy)
}

/** All policies written into one owner. */
export async function inlinePolicies(
  { account, uniqueId }: Pick<Entity, 'account' | 'uniqueId'>,
  catalog: Catalog,
): Promise<readonly Stored<InlinePolicy>[]> {
  return catalog.store.list('inlinePolicy', {
    prefix: [account, uniqueId],
    limit: Number.MAX_SAFE_INTEGER,
  })
}

/** @throws Refusal `NoSuchEntityException` */
export async function getInlinePolicy(
  kind: InlineOwnerKind,
  { account, uniqueId }: Pick<Entity, 'account' | 'uniqueId'>,
  name: string,
  catalog: Catalog,
): Promise<Stored<InlinePolicy>> {
  const stored = await catalog.store.find('inlinePolicy', [account, uniqueId, name])
  if (stored !== undefined) return stored
  throw new Refusal(
    'NoSuchEntityException',
    `The ${owners[kind][0]} policy with name ${name} cannot be found.`,
  )
}

/** Takes a policy out of its owner. @throws Refusal `NoSuchEntityException` */
export async function deleteInlinePolicy(
  kind: InlineOwnerKind,
  owner: Entity,
  name: string,
  { catalog, changes }: { catalog: Catalog; changes: Changes },
): Promise<void> {
  const { version } = await getInlinePolicy(kind, owner, name, catalog)
  changes.remove('inlinePolicy', [owner.account, owner.uniqueId, name], version)
}
