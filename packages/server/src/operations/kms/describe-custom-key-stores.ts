import type { CustomKeyStore } from '../../keys/custom-key-store.ts'
import { keyStoreEntry } from '../../keys/custom-key-store.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import { onAccount } from '../on-account.ts'
import { getKeyStore } from './find-key-store.ts'

export const describeCustomKeyStores = onAccount({
  name: 'DescribeCustomKeyStores',
  summary: "Shows one custom key store, or all of the account's in a Region.",
  check({ CustomKeyStoreId, CustomKeyStoreName }) {
    if (CustomKeyStoreId === undefined || CustomKeyStoreName === undefined) return
    throw new Refusal(
      'ValidationException',
      'You can specify CustomKeyStoreId or CustomKeyStoreName, but not both.',
    )
  },
  async handle({ input, call, parts }) {
    const { CustomKeyStoreId: storeId, CustomKeyStoreName: name } = input
    const place = [call.caller.account, call.region] as const
    const shown = (stores: readonly Stored<CustomKeyStore>[]) =>
      stores.map(({ value }) => keyStoreEntry(value))
    if (storeId !== undefined) {
      const { stored } = await getKeyStore(storeId, call, parts)
      return { CustomKeyStores: shown([stored]), Truncated: false }
    }
    if (name !== undefined) {
      const named = await parts.catalog.store.list('customKeyStore', {
        index: 'name',
        prefix: [...place, name],
        limit: 1,
      })
      if (named.length > 0) return { CustomKeyStores: shown(named), Truncated: false }
      throw new Refusal('CustomKeyStoreNotFoundException', `Custom key store ${name} does not exist`)
    }
    const { limit, after } = pageOf('DescribeCustomKeyStores', input)
    const read = await parts.catalog.store.list('customKeyStore', {
      prefix: place,
      limit: limit + 1,
      ...(after === undefined ? {} : { after: [...place, ...after] }),
    })
    const { items, ending } = page(read, limit, ({ value }) => [value.storeId])
    return { CustomKeyStores: shown(items), ...ending }
  },
})
