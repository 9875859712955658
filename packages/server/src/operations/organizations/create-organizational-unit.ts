import { wayTo } from '../../catalog/account-place.ts'
import { unitOf } from '../../catalog/organization-targets.ts'
import { newUnitId, type OrganizationalUnit, unitDepthMost, unitsMost } from '../../identity/organization.ts'
import { policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { checkName } from './check-name.ts'
import { unitDetail } from './details.ts'
import { requireParent } from './require-target.ts'
import { readTags, tagFacts } from './tags.ts'
import { requireFreeUnitName } from './unit-name.ts'

export const createOrganizationalUnit = onOrganization({
  name: 'CreateOrganizationalUnit',
  summary: 'Makes a unit below the root or another unit.',
  check(input) {
    checkName(input)
    readTags(input.Tags)
  },
  targets: (input) => ({ parent: input.ParentId }),
  facts: tagFacts,
  async handle({ input, subject: { organization, targets }, parts: { catalog, chance }, changes }) {
    const { store } = catalog
    const { id: parentId } = requireParent(targets.parent)
    // The way from the root: as many units as it is long, less the root, and the new one.
    if ((await wayTo(parentId, organization.value, store)).length > unitDepthMost) {
      throw limit(
        'OU_DEPTH_LIMIT_EXCEEDED',
        'You attempted to create an OU tree that is too many levels deep.',
      )
    }
    if ((await store.count('organizationalUnit', { prefix: [] })) >= unitsMost) {
      throw limit(
        'OU_NUMBER_LIMIT_EXCEEDED',
        'You have exceeded the number of OUs that you can have in an organization.',
      )
    }
    await requireFreeUnitName(input.Name, parentId, store)
    const unit: OrganizationalUnit = {
      unitId: newUnitId(organization.value, chance),
      parentId,
      name: input.Name,
      tags: readTags(input.Tags),
    }
    changes.add('organizationalUnit', unit)
    for (const type of organization.value.enabledTypes) {
      const { policyId } = policyTypes[type].fullAccess
      changes.add('policyTarget', { targetId: unit.unitId, policyId })
    }
    const made = unitOf({ value: unit, version: 0 }, organization.value)
    return { OrganizationalUnit: await unitDetail(made, organization.value, store) }
  },
})

function limit(reason: string, message: string): Refusal {
  return new Refusal('ConstraintViolationException', message, { reason })
}
