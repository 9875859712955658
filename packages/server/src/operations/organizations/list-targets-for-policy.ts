import { findTarget } from '../../catalog/organization-targets.ts'
import { onOrganization } from '../on-organization.ts'
import { pageOf } from './paging.ts'
import { requirePolicy } from './require-target.ts'

export const listTargetsForPolicy = onOrganization({
  name: 'ListTargetsForPolicy',
  summary: 'Lists the roots, units and accounts that a policy is attached to.',
  policy: (input) => input.PolicyId,
  async handle({ input, subject: { organization, policy }, parts: { catalog } }) {
    const { policyId } = requirePolicy(policy).value
    const all = await catalog.store.list('policyTarget', {
      index: 'policy',
      prefix: [policyId],
      limit: Number.MAX_SAFE_INTEGER,
    })
    const { items, ending } = pageOf(all, input, ({ value }) => value.targetId)
    const targets = await Promise.all(
      items.map(({ value }) => findTarget(value.targetId, organization.value, catalog.store)),
    )
    const shown = targets
      .flatMap((target) => target ?? [])
      .map(({ id, arn, name, type }) => ({ TargetId: id, Arn: arn, Name: name, Type: type }))
    return { Targets: shown, ...ending }
  },
})
