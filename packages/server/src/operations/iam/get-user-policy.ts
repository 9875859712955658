import { onUser } from '../on-user.ts'
import { getInlinePolicy } from './inline-policies.ts'

export const getUserPolicy = onUser({
  name: 'GetUserPolicy',
  summary: 'Shows an identity policy of a user, URL-encoded as IAM does.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { value } = await getInlinePolicy('user', user.value, input.PolicyName, catalog)
    return {
      UserName: user.value.name,
      PolicyName: value.name,
      PolicyDocument: encodeURIComponent(value.text),
    }
  },
})
