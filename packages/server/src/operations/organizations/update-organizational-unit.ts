import { unitOf } from '../../catalog/organization-targets.ts'
import { onOrganization } from '../on-organization.ts'
import { checkName } from './check-name.ts'
import { unitDetail } from './details.ts'
import { requireUnit } from './require-target.ts'
import { requireFreeUnitName } from './unit-name.ts'

export const updateOrganizationalUnit = onOrganization({
  name: 'UpdateOrganizationalUnit',
  summary: 'Gives a unit another name.',
  check: checkName,
  targets: (input) => ({ unit: input.OrganizationalUnitId }),
  async handle({ input, subject: { organization, targets }, parts: { catalog }, changes }) {
    const unit = requireUnit(targets.unit)
    const { value, version } = unit.stored
    const name = input.Name ?? unit.name
    if (name !== unit.name) {
      await requireFreeUnitName(name, unit.parentId, catalog.store)
      changes.replace('organizationalUnit', unit.stored, { ...value, name })
    }
    const renamed = unitOf({ value: { ...value, name }, version }, organization.value)
    return { OrganizationalUnit: await unitDetail(renamed, organization.value, catalog.store) }
  },
})
