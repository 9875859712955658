import { onGroup } from '../on-group.ts'
import { storedPage } from './paging.ts'

export const listGroupPolicies = onGroup({
  name: 'ListGroupPolicies',
  summary: 'Lists the names of the policies written into a group.',
  async handle({ input, subject: { group }, parts: { catalog } }) {
    const { account, uniqueId } = group.value
    const listed = { kind: 'inlinePolicy', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { PolicyNames: items.map(({ name }) => name), ...ending }
  },
})
