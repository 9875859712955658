import { Refusal } from '../../protocol/errors.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'
import { requireDevice } from './mfa-devices.ts'

export const deleteVirtualMfaDevice = onIamAccount({
  name: 'DeleteVirtualMFADevice',
  summary: 'Deletes a device for one-time codes that nobody uses.',
  needs: (input) => [iamNeed('DeleteVirtualMFADevice', { resource: input.SerialNumber })],
  async handle({ input, call, parts: { catalog }, changes }) {
    const { account } = call.caller
    const device = await requireDevice(input.SerialNumber, account, catalog.store)
    if (device.value.enabled !== undefined) {
      throw new Refusal('DeleteConflictException', 'MFA VirtualDevice in use. Must deactivate first.')
    }
    changes.remove('mfaDevice', [account, input.SerialNumber], device.version)
    return {}
  },
})
