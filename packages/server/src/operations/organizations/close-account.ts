import type { Catalog } from '../../catalog/catalog.ts'
import { closuresMost, closureWindowMs, type Organization } from '../../identity/organization.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requireAccount } from './require-target.ts'

export const closeAccount = onOrganization({
  name: 'CloseAccount',
  summary: 'Closes a member account: nobody calls from it any more, and its keys are for nobody.',
  targets: (input) => ({ account: input.AccountId }),
  async handle({ subject: { organization, targets }, call: { now }, parts: { catalog }, changes }) {
    const { id, stored } = requireAccount(targets.account)
    if (id === organization.value.managementAccount) {
      throw new Refusal('ConstraintViolationException', "You can't close the management account.", {
        reason: 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT',
      })
    }
    if (stored.value.closedAt !== undefined) throw new Refusal('AccountAlreadyClosedException')
    await requireClosuresLeft(organization.value, now, catalog)
    changes.replace('member', stored, { ...stored.value, closedAt: now })
    return {}
  },
})

/** @throws Refusal `ConstraintViolationException` */
async function requireClosuresLeft(
  { managementAccount }: Organization,
  now: number,
  { store }: Catalog,
): Promise<void> {
  const all = await store.list('member', { prefix: [], limit: Number.MAX_SAFE_INTEGER })
  const members = all.filter(({ value }) => value.accountId !== managementAccount)
  const recent = members.filter(({ value: { closedAt = 0 } }) => closedAt > now - closureWindowMs)
  if (recent.length < closuresMost(members.length)) return
  throw new Refusal(
    'ConstraintViolationException',
    'You have exceeded close account quota for the past 30 days.',
    { reason: 'CLOSE_ACCOUNT_QUOTA_EXCEEDED' },
  )
}
