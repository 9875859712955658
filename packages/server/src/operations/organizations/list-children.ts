import { onOrganization } from '../on-organization.ts'
import { accountsBelow, unitsBelow } from './details.ts'
import { pageOf } from './paging.ts'
import { requireParent } from './require-target.ts'

export const listChildren = onOrganization({
  name: 'ListChildren',
  summary: 'Lists the ids of all units or of all accounts right below a root or unit.',
  targets: (input) => ({ parent: input.ParentId }),
  async handle({ input, subject: { organization, targets }, parts: { catalog } }) {
    const { id: parentId } = requireParent(targets.parent)
    const childrenBelow = input.ChildType === 'ACCOUNT' ? accountsBelow : unitsBelow
    const all = await childrenBelow(parentId, organization.value, catalog.store)
    const { items, ending } = pageOf<{ readonly id: string }>(all, input, ({ id }) => id)
    return { Children: items.map(({ id }) => ({ Id: id, Type: input.ChildType })), ...ending }
  },
})
