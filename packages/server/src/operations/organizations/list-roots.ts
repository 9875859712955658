import { onOrganization } from '../on-organization.ts'
import { rootDetail } from './details.ts'
import { pageOf } from './paging.ts'

export const listRoots = onOrganization({
  name: 'ListRoots',
  summary: 'Lists the roots of the organization, of which there is one, and the policy types that count.',
  async handle({ input, subject: { organization } }) {
    const { items, ending } = pageOf([organization.value], input, ({ rootId }) => rootId)
    return { Roots: items.map(rootDetail), ...ending }
  },
})
