import { onUser } from '../on-user.ts'
import { requireOwnDevice } from './mfa-devices.ts'

export const getMfaDevice = onUser({
  name: 'GetMFADevice',
  summary: 'Tells since when a user has a device for one-time codes.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { value } = await requireOwnDevice(input.SerialNumber, user.value, catalog.store)
    return {
      UserName: user.value.name,
      SerialNumber: value.serialNumber,
      EnableDate: new Date(value.enabled?.at ?? value.createdAt),
    }
  },
})
