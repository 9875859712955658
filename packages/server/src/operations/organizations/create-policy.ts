import { newPolicyId, type OrganizationPolicy, policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { checkName } from './check-name.ts'
import { policyDetail } from './details.ts'
import { requireDocument } from './policy-document.ts'
import { requireFreePolicyName } from './policy-name.ts'
import { requirePolicyType } from './require-target.ts'
import { readTags, tagFacts } from './tags.ts'

export const createPolicy = onOrganization({
  name: 'CreatePolicy',
  summary: 'Makes a policy, which counts nowhere until it is attached.',
  check(input) {
    requireDocument(input.Content, requirePolicyType(input.Type))
    checkName(input)
    readTags(input.Tags)
  },
  facts: (input) => ({ organizationPolicyType: input.Type, ...tagFacts(input) }),
  async handle({ input, subject: { organization }, parts: { catalog, chance }, changes }) {
    const type = requirePolicyType(input.Type)
    const { Name: name, Description: description, Content: text } = input
    await requireFreePolicyName(name, type, catalog.store)
    const present = await catalog.store.count('organizationPolicy', { index: 'type', prefix: [type] })
    if (present >= policyTypes[type].policiesMost) {
      throw new Refusal(
        'ConstraintViolationException',
        'You have exceeded the number of policies that you can have in an organization.',
        { reason: 'POLICY_NUMBER_LIMIT_EXCEEDED' },
      )
    }
    const policy: OrganizationPolicy = {
      policyId: newPolicyId(chance),
      type,
      name,
      description,
      text,
      tags: readTags(input.Tags),
    }
    changes.add('organizationPolicy', policy)
    return { Policy: policyDetail(policy, organization.value) }
  },
})
