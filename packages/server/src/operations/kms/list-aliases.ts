import { findOwnKey } from '../../access/find-key.ts'
import { aliasArn } from '../../keys/alias.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { onAccount } from '../on-account.ts'

export const listAliases = onAccount({
  name: 'ListAliases',
  summary: "Lists the account's aliases in a Region, or those of one key.",
  async handle({ input, call, parts: { catalog } }) {
    const { limit, after } = pageOf('ListAliases', input)
    const here = [call.caller.account, call.region]
    const target =
      input.KeyId === undefined
        ? undefined
        : await findOwnKey(input.KeyId, { call, catalog, action: 'kms:ListAliases' })
    const prefix = target === undefined ? here : [...here, target.key.keyId]
    const read = await catalog.store.list('alias', {
      ...(target === undefined ? {} : { index: 'target' }),
      prefix,
      limit: limit + 1,
      ...(after === undefined ? {} : { after: [...prefix, ...after] }),
    })
    const { items, ending } = page(read, limit, ({ value }) => [value.name])
    const aliases = items.map(({ value }) => ({
      AliasName: value.name,
      AliasArn: aliasArn(value),
      TargetKeyId: value.targetKeyId,
      CreationDate: new Date(value.createdAt),
      LastUpdatedDate: new Date(value.updatedAt),
    }))
    return { Aliases: aliases, ...ending }
  },
})
