import { shownPrincipal } from '../../access/shown-principal.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { GrantRecord } from '../../keys/grant.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { onKey } from '../on-key.ts'
import { grantEntry } from './grant-entry.ts'

export const listGrants = onKey({
  name: 'ListGrants',
  summary: 'Lists the grants on a key, all or those of one grantee.',
  check(input) {
    if (input.GranteePrincipal === undefined || input.GranteeServicePrincipal === undefined) return
    throw new Refusal(
      'ValidationException',
      'Only one of GranteePrincipal and GranteeServicePrincipal can be specified.',
    )
  },
  facts: () => ({ concernsGrants: true }),
  async handle({ input, subject: { key }, parts: { catalog } }) {
    const { limit, after } = pageOf('ListGrants', input)
    const { account, region, keyId } = key.key
    const grantee = await granteeName(input, catalog)
    const inOrder = grantee === undefined ? {} : ({ index: 'grantee' } as const)
    const prefix = [account, region, keyId, ...(grantee === undefined ? [] : [grantee])]
    const read =
      input.GrantId === undefined
        ? await catalog.store.list('grant', {
            ...inOrder,
            prefix,
            limit: limit + 1,
            ...(after === undefined ? {} : { after: [...prefix, ...after] }),
          })
        : [await catalog.store.find('grant', [account, region, keyId, input.GrantId])]
    const grants = read
      .flatMap((stored) => (stored === undefined ? [] : [stored.value]))
      .filter((grant) => grantee === undefined || indexedGrantee(grant) === grantee)
    const { items, ending } = page(grants, limit, (grant) => [grant.grantId])
    const shown = items.map((grant) => grantEntry(grant, (arn, id) => shownPrincipal(arn, id, catalog)))
    return { Grants: await Promise.all(shown), ...ending }
  },
})

/** The name under which a grantee's grants are found: a user or role by who it is, not by what it is called. */
async function granteeName(
  { GranteePrincipal, GranteeServicePrincipal }: KmsOperations['ListGrants']['input'],
  { principals }: Catalog,
): Promise<string | undefined> {
  if (GranteePrincipal === undefined) return GranteeServicePrincipal
  return (await principals.uniqueIdOf(GranteePrincipal)) ?? GranteePrincipal
}

function indexedGrantee(grant: GrantRecord): string | undefined {
  return grant.granteeUniqueId ?? grant.granteeServicePrincipal ?? grant.granteePrincipal
}
