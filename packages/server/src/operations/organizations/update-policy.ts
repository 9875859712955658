import type { OrganizationPolicy } from '../../identity/organization-policy.ts'
import { onOrganization } from '../on-organization.ts'
import { checkName } from './check-name.ts'
import { policyDetail } from './details.ts'
import { requireDocument } from './policy-document.ts'
import { requireFreePolicyName } from './policy-name.ts'
import { requireOwnPolicy } from './require-target.ts'

export const updatePolicy = onOrganization({
  name: 'UpdatePolicy',
  summary: 'Changes the name, description or document of a policy, wherever it is attached.',
  check: checkName,
  policy: (input) => input.PolicyId,
  async handle({ input, subject, parts: { catalog }, changes }) {
    const stored = requireOwnPolicy(subject.policy)
    const { value: before } = stored
    const { Name: name = before.name, Description: description = before.description } = input
    const { Content: text = before.text } = input
    if (text !== before.text) requireDocument(text, before.type)
    if (name !== before.name) await requireFreePolicyName(name, before.type, catalog.store)
    const policy: OrganizationPolicy = { ...before, name, description, text }
    changes.replace('organizationPolicy', stored, policy)
    return { Policy: policyDetail(policy, subject.organization.value) }
  },
})
