import { awsManagedPolicies } from '../../identity/aws-managed-policy.ts'
import { type ManagedPolicy, policyArn, policyOrder } from '../../identity/managed-policy.ts'
import type { PolicyUsageType } from '../../protocol/models/iam.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'
import { isBelow, pageOf } from './paging.ts'
import { listedPolicy, type PolicyUse, policyUse } from './policy-detail.ts'

export const listPolicies = onIamAccount({
  name: 'ListPolicies',
  summary: 'Lists managed policies: those of the account, those of AWS, or both; all, or those in use.',
  needs: ({ PathPrefix = '/' }) => [iamNeed('ListPolicies', { resource: `policy path ${PathPrefix}` })],
  async handle({ input, call, parts: { catalog } }) {
    const { account } = call.caller
    const {
      Scope: scope = 'All',
      PathPrefix,
      OnlyAttached: onlyAttached = false,
      PolicyUsageFilter: usage,
    } = input
    const everything = { prefix: [account], limit: Number.MAX_SAFE_INTEGER }
    const own = scope === 'AWS' ? [] : await catalog.store.list('managedPolicy', everything)
    const all = [...own.map(({ value }) => value), ...(scope === 'Local' ? [] : awsManagedPolicies)]
    const useOf = (policy: ManagedPolicy) => policyUse(policyArn(policy), account, catalog.store)
    const wanted: ManagedPolicy[] = []
    for (const policy of all.filter(isBelow(PathPrefix))) {
      const isCounted = onlyAttached || usage !== undefined
      if (!isCounted || isInUse(await useOf(policy), usage)) wanted.push(policy)
    }
    const { items, ending } = pageOf(wanted, input, policyOrder)
    const shown = items.map(async (policy) => listedPolicy(policy, await useOf(policy)))
    return { Policies: await Promise.all(shown), ...ending }
  },
})

function isInUse({ attachments, boundaries }: PolicyUse, usage: PolicyUsageType | undefined): boolean {
  return usage === 'PermissionsBoundary' ? boundaries > 0 : attachments > 0
}
