import { onOrganization } from '../on-organization.ts'
import { accountDetail } from './details.ts'
import { requireAccount } from './require-target.ts'

export const describeAccount = onOrganization({
  name: 'DescribeAccount',
  summary: 'Shows an account.',
  targets: (input) => ({ account: input.AccountId }),
  async handle({ subject: { organization, targets }, parts: { catalog } }) {
    const account = requireAccount(targets.account)
    return { Account: await accountDetail(account, organization.value, catalog.store) }
  },
})
