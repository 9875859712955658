import { requireRoom } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'
import { requireDevice, stepsShown } from './mfa-devices.ts'

export const enableMfaDevice = onUser({
  name: 'EnableMFADevice',
  summary: 'Gives a user a device for one-time codes, once two of them have been shown.',
  async handle({ input, subject: { user }, call: { now }, parts, changes }) {
    const { account, uniqueId } = user.value
    const { store } = parts.catalog
    const device = await requireDevice(input.SerialNumber, account, store)
    if (device.value.enabled !== undefined) {
      throw new Refusal('EntityAlreadyExistsException', 'MFA Device is already in use.')
    }
    const owned = { index: 'user', prefix: [account, uniqueId] } as const
    requireRoom('MFADevicesPerUser', await store.count('mfaDevice', owned))
    const steps = stepsShown(device.value, input, now, parts)
    changes.replace('mfaDevice', device, {
      ...device.value,
      enabled: { userId: uniqueId, at: now, ...steps },
    })
    // Held to the user and the count: neither a deleted user nor a ninth device comes of two calls at once.
    changes.replace('user', user, user.value)
    return {}
  },
})
