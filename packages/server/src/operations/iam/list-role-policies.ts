import { onRole } from '../on-role.ts'
import { storedPage } from './paging.ts'

export const listRolePolicies = onRole({
  name: 'ListRolePolicies',
  summary: 'Lists the names of the policies written into a role.',
  async handle({ input, subject: { role }, parts: { catalog } }) {
    const { account, uniqueId } = role.value
    const listed = { kind: 'inlinePolicy', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { PolicyNames: items.map(({ name }) => name), ...ending }
  },
})
