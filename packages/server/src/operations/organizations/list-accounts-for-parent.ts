import { onOrganization } from '../on-organization.ts'
import { accountDetail, accountsBelow } from './details.ts'
import { pageOf } from './paging.ts'
import { requireParent } from './require-target.ts'

export const listAccountsForParent = onOrganization({
  name: 'ListAccountsForParent',
  summary: 'Lists the accounts right below a root or unit.',
  targets: (input) => ({ parent: input.ParentId }),
  async handle({ input, subject: { organization, targets }, parts: { catalog } }) {
    const { id: parentId } = requireParent(targets.parent)
    const all = await accountsBelow(parentId, organization.value, catalog.store)
    const { items, ending } = pageOf(all, input, ({ id }) => id)
    const details = items.map((account) => accountDetail(account, organization.value, catalog.store))
    return { Accounts: await Promise.all(details), ...ending }
  },
})
