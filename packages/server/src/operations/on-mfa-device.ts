import type { MfaDevice } from '../identity/mfa-device.ts'
import type { Stored } from '../storage/store.ts'
import { onTagged } from './on-tagged.ts'
import type { Subject } from './operation.ts'

/** The virtual MFA device an IAM operation works on, whoever shows its codes. */
export interface DeviceSubject extends Subject {
  readonly device: Stored<MfaDevice>
}

/** An IAM operation on the device that its `SerialNumber` names. */
export const onMfaDevice = onTagged({
  member: 'SerialNumber',
  find: (serialNumber, account, store) => store.find('mfaDevice', [account, serialNumber]),
  missing: (serialNumber) => `VirtualMFADevice with serial number ${serialNumber} does not exist.`,
  subject: (device): DeviceSubject => ({ keys: [], device }),
})
