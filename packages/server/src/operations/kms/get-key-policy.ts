import { shownPolicy } from '../../access/key-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'

export const getKeyPolicy = onKey({
  name: 'GetKeyPolicy',
  summary: 'Shows the key policy, as it was written.',
  defaults: { PolicyName: 'default' },
  async handle({ input, subject: { key }, parts }) {
    if (input.PolicyName !== 'default') throw new Refusal('NotFoundException', 'No such policy exists')
    return { Policy: await shownPolicy(key.key.policy, parts.catalog), PolicyName: 'default' }
  },
})
