import { shownPrincipal } from '../../access/shown-principal.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { Refusal } from '../../protocol/errors.ts'
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
  facts: () => ({ grantIsForAwsResource: false }),
  async handle({ input, subject: { key }, parts: { catalog } }) {
    const { limit, after } = pageOf('ListGrants', input)
    const { account, region, keyId } = key.key
    const grantee = input.GranteeServicePrincipal ?? input.GranteePrincipal
    const prefix = [account, region, keyId]
    const read =
      input.GrantId !== undefined
        ? [await catalog.store.find('grant', [account, region, keyId, input.GrantId])]
        : await catalog.store.list('grant', {
            prefix,
            // One grantee's grants are few among many: reading on past the others' is what paging is for.
            limit: grantee === undefined ? limit + 1 : Number.MAX_SAFE_INTEGER,
            ...(after === undefined ? {} : { after: [...prefix, ...after] }),
          })
    const grants = read
      .flatMap((stored) => (stored === undefined ? [] : [stored.value]))
      .filter((grant) => grantee === undefined || granteeOf(grant) === grantee)
    const { items, ending } = page(grants, limit, (grant) => [grant.grantId])
    const shown = items.map((grant) => grantEntry(grant, (arn, id) => shownPrincipal(arn, id, catalog)))
    return { Grants: await Promise.all(shown), ...ending }
  },
})

function granteeOf(grant: {
  granteeServicePrincipal?: string
  granteePrincipal?: string
}): string | undefined {
  return grant.granteeServicePrincipal ?? grant.granteePrincipal
}
