import type { MfaDevice } from '../../identity/mfa-device.ts'
import { wireTags } from '../../identity/tags.ts'
import type { Store } from '../../storage/store.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'
import { storedPage } from './paging.ts'
import { listedUser } from './user-detail.ts'

export const listVirtualMfaDevices = onIamAccount({
  name: 'ListVirtualMFADevices',
  summary:
    'Lists the virtual devices for one-time codes of the account: all, or those that somebody or nobody uses.',
  needs: (_input, { caller: { account } }) => [
    iamNeed('ListVirtualMFADevices', { resource: `arn:aws:iam::${account}:mfa/` }),
  ],
  async handle({ input, call, parts: { catalog } }) {
    const { AssignmentStatus: wanted = 'Any' } = input
    const keep = ({ enabled }: MfaDevice) =>
      wanted === 'Any' || (wanted === 'Assigned') === (enabled !== undefined)
    const listed = { kind: 'mfaDevice', prefix: [call.caller.account], keep } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const devices = await Promise.all(items.map((device) => listedDevice(device, catalog.store)))
    return { VirtualMFADevices: devices, ...ending }
  },
})

async function listedDevice({ account, serialNumber, enabled, tags }: MfaDevice, store: Store) {
  const user = enabled && (await store.find('user', [account, enabled.userId]))
  return {
    SerialNumber: serialNumber,
    ...(enabled && { EnableDate: new Date(enabled.at) }),
    ...(user && { User: listedUser(user.value) }),
    ...wireTags(tags),
  }
}
