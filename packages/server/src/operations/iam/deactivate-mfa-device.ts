import { onUser } from '../on-user.ts'
import { requireOwnDevice } from './mfa-devices.ts'

export const deactivateMfaDevice = onUser({
  name: 'DeactivateMFADevice',
  summary: 'Takes a device for one-time codes from a user. The device is kept, for anybody.',
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const device = await requireOwnDevice(input.SerialNumber, user.value, catalog.store)
    const { enabled: _, ...unassigned } = device.value
    changes.replace('mfaDevice', device, unassigned)
    return {}
  },
})
