import { malformedPolicyMessage, parsePolicy } from '@claviger/policy'
import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'

/** IAM quotas: inline policies of a user, all together, white space not counted. */
const inlineCharactersMost = 2048

export const putUserPolicy = onUser({
  name: 'PutUserPolicy',
  summary: 'Writes an identity policy into a user, in place of one with the same name.',
  check(input) {
    const parsed = parsePolicy(input.PolicyDocument, 'identity-policy')
    if (!parsed.ok) {
      throw new Refusal('MalformedPolicyDocumentException', malformedPolicyMessage(parsed.problems))
    }
  },
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const { account, uniqueId, name } = user.value
    const present = await catalog.store.list('userPolicy', { prefix: [account, uniqueId], limit: 1000 })
    const others = present.filter(({ value }) => value.name !== input.PolicyName)
    const size = [...others.map(({ value }) => value.text), input.PolicyDocument]
      .map((text) => text.replaceAll(/\s/g, '').length)
      .reduce((sum, length) => sum + length, 0)
    if (size > inlineCharactersMost) {
      throw new Refusal(
        'LimitExceededException',
        `Maximum policy size of ${inlineCharactersMost} bytes exceeded for user ${name}`,
      )
    }
    const policy = { account, userId: uniqueId, name: input.PolicyName, text: input.PolicyDocument }
    const replaced = present.find(({ value }) => value.name === input.PolicyName)
    if (replaced === undefined) changes.add('userPolicy', policy)
    else changes.replace('userPolicy', replaced, policy)
    // The user must still be there, and the sum above must still be true.
    changes.replace('user', user, user.value)
    return {}
  },
})
