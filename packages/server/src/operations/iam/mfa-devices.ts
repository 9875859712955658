import { type MfaDevice, stepAt } from '../../identity/mfa-device.ts'
import type { User } from '../../identity/user.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Store, Stored } from '../../storage/store.ts'
import type { Parts } from '../parts.ts'

/** How far off a device's clock may be when its codes are asked for two at a time: ten minutes. */
const window = 20

/** A clock that is off by no more is taken for right: who types two codes takes a while. */
const unnoticed = 1

interface Codes {
  readonly AuthenticationCode1: string
  readonly AuthenticationCode2: string
}

/**
 * What two codes, one after the other, tell of a device: the newest step, and how far its clock is from ours.
 *
 * @throws Refusal `InvalidAuthenticationCodeException`
 */
export function stepsShown(
  device: MfaDevice,
  { AuthenticationCode1, AuthenticationCode2 }: Codes,
  now: number,
  { safe, codeGuesses }: Pick<Parts, 'safe' | 'codeGuesses'>,
): { readonly lastStep: number; readonly drift: number } {
  const { serialNumber, enabled } = device
  const around = stepAt(now) + (enabled?.drift ?? 0)
  const first = codeGuesses.mayTry(serialNumber, now)
    ? safe.stepOfCode(device, AuthenticationCode1, { around, window })
    : undefined
  const second =
    first === undefined
      ? undefined
      : safe.stepOfCode(device, AuthenticationCode2, { around: first + 1, window: 0 })
  if (second === undefined || second <= (enabled?.lastStep ?? 0)) {
    codeGuesses.noteWrong(serialNumber, now)
    throw new Refusal('InvalidAuthenticationCodeException', 'Authentication code for device is not valid.')
  }
  codeGuesses.noteRight(serialNumber)
  const drift = second - stepAt(now)
  return { lastStep: second, drift: Math.abs(drift) <= unnoticed ? 0 : drift }
}

/** A device of the account by its serial number. @throws Refusal `NoSuchEntityException` */
export async function requireDevice(
  serialNumber: string,
  account: string,
  store: Store,
): Promise<Stored<MfaDevice>> {
  const device = await store.find('mfaDevice', [account, serialNumber])
  if (device !== undefined) return device
  throw new Refusal(
    'NoSuchEntityException',
    `VirtualMFADevice with serial number ${serialNumber} does not exist.`,
  )
}

/** A device that a user shows codes of. @throws Refusal `NoSuchEntityException` */
export async function requireOwnDevice(
  serialNumber: string,
  { account, uniqueId }: User,
  store: Store,
): Promise<Stored<MfaDevice>> {
  const device = await store.find('mfaDevice', [account, serialNumber])
  if (device?.value.enabled?.userId === uniqueId) return device
  throw new Refusal('NoSuchEntityException', 'MFA Device invalid for user.')
}
