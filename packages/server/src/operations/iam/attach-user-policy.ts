import { onUser } from '../on-user.ts'
import { attachPolicy, checkPolicyArn, policyFacts } from './attachments.ts'
import { boundaryFacts } from './boundary.ts'

export const attachUserPolicy = onUser({
  name: 'AttachUserPolicy',
  summary: 'Gives a user a managed policy.',
  check: checkPolicyArn,
  facts: (input, user) => ({ ...policyFacts(input), ...boundaryFacts(user?.boundary) }),
  async handle({ input, subject: { user }, parts, changes }) {
    await attachPolicy(user.value, 'PoliciesPerUser', { input, parts, changes })
    // The user must still be there, with as many policies as were counted.
    changes.replace('user', user, user.value)
    return {}
  },
})
