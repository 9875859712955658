import { keyArn } from '../../keys/key.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { onAccount } from '../on-account.ts'

export const listKeys = onAccount({
  name: 'ListKeys',
  summary: "Lists the account's keys in a Region.",
  async handle({ input, call, parts }) {
    const { limit, after } = pageOf('ListKeys', input)
    const read = await parts.catalog.store.list('key', {
      prefix: [call.caller.account, call.region],
      limit: limit + 1,
      ...(after === undefined ? {} : { after: [call.caller.account, call.region, ...after] }),
    })
    const { items, ending } = page(read, limit, ({ value }) => [value.keyId])
    return { Keys: items.map(({ value }) => ({ KeyId: value.keyId, KeyArn: keyArn(value) })), ...ending }
  },
})
