import { onUserOrRoot } from '../on-user-or-root.ts'
import { storedPage } from './paging.ts'

export const listAccessKeys = onUserOrRoot({
  name: 'ListAccessKeys',
  summary: 'Lists the credentials of a user, without their secrets.',
  async handle({ input, subject: { account, ownerId, name }, parts: { catalog } }) {
    const listed = { kind: 'accessKey', index: 'owner', prefix: [account, ownerId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const keys = items.map(({ accessKeyId, status, createdAt }) => ({
      ...(name !== undefined && { UserName: name }),
      AccessKeyId: accessKeyId,
      Status: status,
      CreateDate: new Date(createdAt),
    }))
    return { AccessKeyMetadata: keys, ...ending }
  },
})
