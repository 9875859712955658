import { onOrganization } from '../on-organization.ts'
import { unitDetail } from './details.ts'
import { requireUnit } from './require-target.ts'

export const describeOrganizationalUnit = onOrganization({
  name: 'DescribeOrganizationalUnit',
  summary: 'Shows a unit.',
  targets: (input) => ({ unit: input.OrganizationalUnitId }),
  async handle({ subject: { organization, targets }, parts: { catalog } }) {
    const unit = requireUnit(targets.unit)
    return { OrganizationalUnit: await unitDetail(unit, organization.value, catalog.store) }
  },
})
