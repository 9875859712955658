import type { User } from '../../identity/user.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import { declaredIam, iamNeed } from '../iam-operation.ts'
import { entityNeed } from '../on-entity.ts'
import type { Operation, Subject } from '../operation.ts'
import { noSuchAccessKey } from './own-access-key.ts'

type Types = IamOperations['GetAccessKeyLastUsed']

/** Whose access key it is; nobody's, where it is another account's or the root user's. */
interface Holder extends Subject {
  readonly user: User | undefined
}

const name = 'GetAccessKeyLastUsed'

export const getAccessKeyLastUsed: Operation<Types['input'], Types['output'], Holder> = {
  ...declaredIam({
    name,
    summary: 'Says when a credential was last used, in which Region for which service.',
  }),
  async find({ AccessKeyId: id }, { caller: { account } }, { catalog }) {
    const key = (await catalog.store.find('accessKey', [id]))?.value
    if (key?.account !== account) return { keys: [], user: undefined }
    return { keys: [], user: (await catalog.store.find('user', [account, key.owner]))?.value }
  },
  needs: (_input, { user }, call) => [
    user === undefined
      ? iamNeed(name, { resource: '*' })
      : entityNeed(name, { kind: 'user', name: user.name, found: user, call, facts: {} }),
  ],
  require({ AccessKeyId: id }, { user }) {
    if (user === undefined) throw noSuchAccessKey(id)
  },
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const use = await catalog.lastUses.find(input.AccessKeyId)
    return {
      UserName: user?.name,
      AccessKeyLastUsed:
        use === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : { LastUsedDate: new Date(use.at), ServiceName: use.service, Region: use.region },
    }
  },
}
