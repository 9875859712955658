import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requireUnit } from './require-target.ts'

export const deleteOrganizationalUnit = onOrganization({
  name: 'DeleteOrganizationalUnit',
  summary: 'Deletes a unit that nothing is in.',
  targets: (input) => ({ unit: input.OrganizationalUnitId }),
  async handle({ subject: { targets }, parts: { catalog }, changes }) {
    const { id, stored } = requireUnit(targets.unit)
    const { store } = catalog
    const below = { index: 'parent', prefix: [id] } as const
    if ((await store.count('organizationalUnit', below)) + (await store.count('member', below)) > 0) {
      throw new Refusal('OrganizationalUnitNotEmptyException')
    }
    const attached = await store.list('policyTarget', { prefix: [id], limit: Number.MAX_SAFE_INTEGER })
    for (const { value, version } of attached) {
      changes.remove('policyTarget', [id, value.policyId], version)
    }
    changes.remove('organizationalUnit', [id], stored.version)
    return {}
  },
})
