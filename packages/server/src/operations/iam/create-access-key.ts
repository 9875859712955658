import { newAccessKeyId, newSecretAccessKey } from '../../identity/access-key.ts'
import { requireRoom } from '../../identity/quotas.ts'
import { onUser } from '../on-user.ts'

export const createAccessKey = onUser({
  name: 'CreateAccessKey',
  summary: 'Gives a user a long-term credential. Its secret is shown this once.',
  async handle({ subject: { user }, call, parts: { catalog, safe, chance }, changes }) {
    const { account, uniqueId, name } = user.value
    const owned = { index: 'owner', prefix: [account, uniqueId] } as const
    requireRoom('AccessKeysPerUser', await catalog.store.count('accessKey', owned))
    const accessKeyId = newAccessKeyId(chance)
    const secretAccessKey = newSecretAccessKey(chance)
    const key = { accessKeyId, account, owner: uniqueId, status: 'Active' as const, createdAt: call.now }
    changes.add('accessKey', { ...key, sealedSecret: safe.sealSecretAccessKey(key, secretAccessKey) })
    // Held to the user and the count: neither a deleted user nor a third key comes of two calls at once.
    changes.replace('user', user, user.value)
    return {
      AccessKey: {
        UserName: name,
        AccessKeyId: accessKeyId,
        Status: 'Active',
        SecretAccessKey: secretAccessKey,
        CreateDate: new Date(call.now),
      },
    }
  },
})
