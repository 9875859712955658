import { onUser } from '../on-user.ts'
import { storedPage } from './paging.ts'

export const listUserPolicies = onUser({
  name: 'ListUserPolicies',
  summary: 'Lists the names of the policies written into a user.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { account, uniqueId } = user.value
    const listed = { kind: 'inlinePolicy', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { PolicyNames: items.map(({ name }) => name), ...ending }
  },
})
