import { bypassFacts, readKeyPolicy, requireNoLockout } from '../../access/key-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'

export const putKeyPolicy = onKey({
  name: 'PutKeyPolicy',
  summary: 'Replaces the one policy of a key.',
  defaults: { PolicyName: 'default' },
  recorded: (input) => ({ BypassPolicyLockoutSafetyCheck: false, ...input }),
  facts: bypassFacts,
  async handle({ input, subject: { key }, call, parts, changes }) {
    if (input.PolicyName !== 'default') throw new Refusal('NotFoundException', 'No such policy exists')
    const policy = await readKeyPolicy(input.Policy, parts.catalog)
    const changed = { ...key.key, policy }
    if (!input.BypassPolicyLockoutSafetyCheck) await requireNoLockout(changed, call, parts.catalog)
    changes.replace('key', key.stored, changed)
    return {}
  },
})
