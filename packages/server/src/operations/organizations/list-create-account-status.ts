import { onOrganization } from '../on-organization.ts'
import { creationDetail } from './details.ts'
import { pageOf } from './paging.ts'

export const listCreateAccountStatus = onOrganization({
  name: 'ListCreateAccountStatus',
  summary: 'Lists requests for accounts, perhaps only those that are in some states.',
  async handle({ input, call: { now }, parts: { catalog } }) {
    const creations = await catalog.store.list('accountCreation', {
      prefix: [],
      limit: Number.MAX_SAFE_INTEGER,
    })
    const { States: states } = input
    const shown = creations
      .map(({ value }) => creationDetail(value, now))
      .filter(({ State: state }) => states === undefined || states.some((wanted) => wanted === state))
    const { items, ending } = pageOf(shown, input, ({ Id: id }) => id ?? '')
    return { CreateAccountStatuses: items, ...ending }
  },
})
