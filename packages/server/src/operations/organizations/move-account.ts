import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requireAccount, requireParent } from './require-target.ts'

export const moveAccount = onOrganization({
  name: 'MoveAccount',
  summary: 'Moves an account from its root or unit to another, whose policies then count for it.',
  targets: (input) => ({
    account: input.AccountId,
    source: input.SourceParentId,
    destination: input.DestinationParentId,
  }),
  async handle({ subject: { targets }, changes }) {
    const account = requireAccount(targets.account)
    const source = requireParent(targets.source, 'SourceParentNotFoundException')
    const { id: parentId } = requireParent(targets.destination, 'DestinationParentNotFoundException')
    if (account.parentId === parentId) throw new Refusal('DuplicateAccountException')
    if (account.parentId !== source.id) throw new Refusal('SourceParentNotFoundException')
    changes.replace('member', account.stored, { ...account.stored.value, parentId })
    return {}
  },
})
