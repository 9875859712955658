import { onPolicy } from '../on-policy.ts'
import { policyDetail } from './policy-detail.ts'

export const getPolicy = onPolicy({
  name: 'GetPolicy',
  summary: 'Shows a managed policy, and how often it is used in the account.',
  async handle({ subject: { policy }, call, parts: { catalog } }) {
    return { Policy: await policyDetail(policy.value, call.caller.account, catalog.store) }
  },
})
