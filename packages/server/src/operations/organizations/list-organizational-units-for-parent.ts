import { onOrganization } from '../on-organization.ts'
import { unitDetail, unitsBelow } from './details.ts'
import { pageOf } from './paging.ts'
import { requireParent } from './require-target.ts'

export const listOrganizationalUnitsForParent = onOrganization({
  name: 'ListOrganizationalUnitsForParent',
  summary: 'Lists the units right below a root or unit.',
  targets: (input) => ({ parent: input.ParentId }),
  async handle({ input, subject: { organization, targets }, parts: { catalog } }) {
    const { id: parentId } = requireParent(targets.parent)
    const all = await unitsBelow(parentId, organization.value, catalog.store)
    const { items, ending } = pageOf(all, input, ({ id }) => id)
    const details = items.map((unit) => unitDetail(unit, organization.value, catalog.store))
    return { OrganizationalUnits: await Promise.all(details), ...ending }
  },
})
