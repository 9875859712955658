import { iamNeed, onIamAccount } from '../iam-operation.ts'
import { storedPage } from './paging.ts'

export const listAccountAliases = onIamAccount({
  name: 'ListAccountAliases',
  summary: "Lists the account's own name, if it has one.",
  needs: () => [iamNeed('ListAccountAliases', { resource: '*' })],
  async handle({ input, call, parts: { catalog } }) {
    const listed = { kind: 'accountAlias', index: 'account', prefix: [call.caller.account] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { AccountAliases: items.map(({ alias }) => alias), ...ending }
  },
})
