import { onUser } from '../on-user.ts'
import { findUserPolicy } from './get-user-policy.ts'

export const deleteUserPolicy = onUser({
  name: 'DeleteUserPolicy',
  summary: 'Takes an identity policy out of a user.',
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const { version } = await findUserPolicy(user.value, input.PolicyName, catalog)
    changes.remove('userPolicy', [user.value.account, user.value.uniqueId, input.PolicyName], version)
    return {}
  },
})
