import type { Call } from '../../call/call.ts'
import { type MfaDevice, stepAt } from '../../identity/mfa-device.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import type { Changes } from '../changes.ts'
import type { Parts } from '../parts.ts'

/** That a one-time code was shown with the request; it counts once the device remembers it. */
export interface Proof {
  readonly device: Stored<MfaDevice>
  readonly step: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** How far a device's clock may have run from where it was: one step each way. */
const window = 1

/** The code that came with a request, if it is one now. @throws Refusal `AccessDeniedException` for one that is not */
export async function findProof(
  {
    SerialNumber: serialNumber,
    TokenCode: code,
  }: { readonly SerialNumber?: string; readonly TokenCode?: string },
  { caller, now }: Call,
  { catalog, safe, codeGuesses }: Pick<Parts, 'catalog' | 'safe' | 'codeGuesses'>,
): Promise<Proof | undefined> {
  if (serialNumber === undefined && code === undefined) return undefined
  if (serialNumber === undefined || code === undefined) {
    throw failed(', must provide both MFA serial number and one time pass code.')
  }
  const { principal, account } = caller
  const device = await catalog.store.find('mfaDevice', [account, serialNumber])
  const enabled = device?.value.enabled
  const isOwn = principal.kind === 'user' && enabled?.userId === principal.uniqueId
  if (device === undefined || enabled === undefined || !isOwn || caller.session !== undefined) {
    throw failed(
      ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    )
  }
  const place = { around: stepAt(now) + enabled.drift, window }
  const step = codeGuesses.mayTry(serialNumber, now) ? safe.stepOfCode(device.value, code, place) : undefined
  if (step === undefined || step <= enabled.lastStep) {
    codeGuesses.noteWrong(serialNumber, now)
    throw failed(' with invalid MFA one time pass code. ')
  }
  codeGuesses.noteRight(serialNumber)
  return { device, step, at: now }
}

function failed(how: string): Refusal {
  return new Refusal('AccessDeniedException', `MultiFactorAuthentication failed${how}`)
}

/** Has the device remember the code that was shown, so that it is not taken again. */
export function spend({ device, step }: Proof, changes: Changes): void {
  const { enabled } = device.value
  if (enabled === undefined) return
  changes.replace('mfaDevice', device, { ...device.value, enabled: { ...enabled, lastStep: step } })
}
