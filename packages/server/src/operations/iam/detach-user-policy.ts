import { onUser } from '../on-user.ts'
import { checkPolicyArn, detachPolicy, policyFacts } from './attachments.ts'
import { boundaryFacts } from './boundary.ts'

export const detachUserPolicy = onUser({
  name: 'DetachUserPolicy',
  summary: 'Takes a managed policy from a user.',
  check: checkPolicyArn,
  facts: (input, user) => ({ ...policyFacts(input), ...boundaryFacts(user?.boundary) }),
  async handle({ input, subject: { user }, parts, changes }) {
    await detachPolicy(user.value, { input, parts, changes })
    return {}
  },
})
