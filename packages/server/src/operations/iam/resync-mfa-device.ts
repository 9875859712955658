import { onUser } from '../on-user.ts'
import { requireOwnDevice, stepsShown } from './mfa-devices.ts'

export const resyncMfaDevice = onUser({
  name: 'ResyncMFADevice',
  summary: 'Learns how far the clock of a device for one-time codes is off, from two codes of it.',
  async handle({ input, subject: { user }, call: { now }, parts, changes }) {
    const device = await requireOwnDevice(input.SerialNumber, user.value, parts.catalog.store)
    const { enabled } = device.value
    const steps = stepsShown(device.value, input, now, parts)
    changes.replace('mfaDevice', device, {
      ...device.value,
      ...(enabled && { enabled: { ...enabled, ...steps } }),
    })
    return {}
  },
})
