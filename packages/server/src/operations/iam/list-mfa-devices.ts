import { onUserOrRoot } from '../on-user-or-root.ts'
import { storedPage } from './paging.ts'

export const listMfaDevices = onUserOrRoot({
  name: 'ListMFADevices',
  summary: 'Lists the devices that a user shows one-time codes of.',
  async handle({ input, subject: { account, ownerId, name = 'root' }, parts: { catalog } }) {
    const listed = { kind: 'mfaDevice', index: 'user', prefix: [account, ownerId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const devices = items.map(({ serialNumber, createdAt, enabled }) => ({
      UserName: name,
      SerialNumber: serialNumber,
      EnableDate: new Date(enabled?.at ?? createdAt),
    }))
    return { MFADevices: devices, ...ending }
  },
})
