import { onUser } from '../on-user.ts'
import { storedPage } from './paging.ts'

export const listMfaDevices = onUser({
  name: 'ListMFADevices',
  summary: 'Lists the devices that a user shows one-time codes of.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { account, uniqueId, name } = user.value
    const listed = { kind: 'mfaDevice', index: 'user', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const devices = items.map(({ serialNumber, createdAt, enabled }) => ({
      UserName: name,
      SerialNumber: serialNumber,
      EnableDate: new Date(enabled?.at ?? createdAt),
    }))
    return { MFADevices: devices, ...ending }
  },
})
