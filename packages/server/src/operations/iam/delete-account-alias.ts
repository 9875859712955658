import { Refusal } from '../../protocol/errors.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'

export const deleteAccountAlias = onIamAccount({
  name: 'DeleteAccountAlias',
  summary: "Takes the account's own name away.",
  needs: () => [iamNeed('DeleteAccountAlias', { resource: '*' })],
  async handle({ input: { AccountAlias: alias }, call, parts: { catalog }, changes }) {
    const stored = await catalog.store.find('accountAlias', [alias])
    if (stored?.value.account !== call.caller.account) {
      throw new Refusal('NoSuchEntityException', `The account alias ${alias} cannot be found.`)
    }
    changes.remove('accountAlias', [alias], stored.version)
    return {}
  },
})
