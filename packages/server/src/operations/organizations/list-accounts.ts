import { onOrganization } from '../on-organization.ts'
import { accountDetail, accountsBelow } from './details.ts'
import { pageOf } from './paging.ts'

export const listAccounts = onOrganization({
  name: 'ListAccounts',
  summary: 'Lists all accounts of the organization.',
  async handle({ input, subject: { organization }, parts: { catalog } }) {
    const all = await accountsBelow(undefined, organization.value, catalog.store)
    const { items, ending } = pageOf(all, input, ({ id }) => id)
    const details = items.map((account) => accountDetail(account, organization.value, catalog.store))
    return { Accounts: await Promise.all(details), ...ending }
  },
})
