import { Refusal } from '../../protocol/errors.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'

export const createAccountAlias = onIamAccount({
  name: 'CreateAccountAlias',
  summary: 'Gives the account a name of its own, in place of one it has.',
  needs: () => [iamNeed('CreateAccountAlias', { resource: '*' })],
  async handle({ input: { AccountAlias: alias }, call, parts: { catalog }, changes }) {
    const { account } = call.caller
    const taken = await catalog.store.find('accountAlias', [alias])
    if (taken !== undefined) {
      if (taken.value.account === account) return {}
      throw new Refusal('EntityAlreadyExistsException', `The account alias ${alias} already exists.`)
    }
    const own = { index: 'account', prefix: [account], limit: 1 } as const
    const [present] = await catalog.store.list('accountAlias', own)
    if (present !== undefined) changes.remove('accountAlias', [present.value.alias], present.version)
    changes.add('accountAlias', { alias, account })
    return {}
  },
})
