import { newAccessKeyId, newSecretAccessKey } from '../../identity/access-key.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'

/** IAM quotas: access keys per user. */
const accessKeysPerUser = 2

export const createAccessKey = onUser({
  name: 'CreateAccessKey',
  summary: 'Gives a user a long-term credential. Its secret is shown this once.',
  async handle({ subject: { user }, call, parts: { catalog, safe, chance }, changes }) {
    const { account, uniqueId, name } = user.value
    const count = await catalog.store.count('accessKey', { index: 'owner', prefix: [account, uniqueId] })
    if (count >= accessKeysPerUser) {
      throw new Refusal(
        'LimitExceededException',
        `Cannot exceed quota for AccessKeysPerUser: ${accessKeysPerUser}`,
      )
    }
    const accessKeyId = newAccessKeyId(chance)
    const secretAccessKey = newSecretAccessKey(chance)
    const owned = { accessKeyId, account, owner: uniqueId, status: 'Active' as const, createdAt: call.now }
    changes.add('accessKey', { ...owned, sealedSecret: safe.sealSecretAccessKey(owned, secretAccessKey) })
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
