import { onGroup } from '../on-group.ts'
import { getInlinePolicy } from './inline-policies.ts'

export const getGroupPolicy = onGroup({
  name: 'GetGroupPolicy',
  summary: 'Shows an identity policy of a group, URL-encoded as IAM does.',
  async handle({ input, subject: { group }, parts: { catalog } }) {
    const { value } = await getInlinePolicy('group', group.value, input.PolicyName, catalog)
    return {
      GroupName: group.value.name,
      PolicyName: value.name,
      PolicyDocument: encodeURIComponent(value.text),
    }
  },
})
