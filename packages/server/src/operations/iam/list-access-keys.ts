import { onUser } from '../on-user.ts'
import { storedPage } from './paging.ts'

export const listAccessKeys = onUser({
  name: 'ListAccessKeys',
  summary: 'Lists the credentials of a user, without their secrets.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { account, uniqueId, name } = user.value
    const listed = { kind: 'accessKey', index: 'owner', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const keys = items.map(({ accessKeyId, status, createdAt }) => ({
      UserName: name,
      AccessKeyId: accessKeyId,
      Status: status,
      CreateDate: new Date(createdAt),
    }))
    return { AccessKeyMetadata: keys, ...ending }
  },
})
