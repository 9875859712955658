import { Refusal } from '../../protocol/errors.ts'
import { onMfaDevice } from '../on-mfa-device.ts'

export const deleteVirtualMfaDevice = onMfaDevice({
  name: 'DeleteVirtualMFADevice',
  summary: 'Deletes a device for one-time codes that nobody uses.',
  async handle({ subject: { device }, changes }) {
    const { account, serialNumber, enabled } = device.value
    if (enabled !== undefined) {
      throw new Refusal('DeleteConflictException', 'MFA VirtualDevice in use. Must deactivate first.')
    }
    changes.remove('mfaDevice', [account, serialNumber], device.version)
    return {}
  },
})
