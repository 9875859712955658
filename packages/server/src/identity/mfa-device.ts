import type { Tag } from './tags.ts'

/** A virtual MFA device: a seed that an app on somebody's phone makes one-time codes from (RFC 6238). */
export interface MfaDevice {
  readonly account: string
  /** Its ARN, which is what a virtual device has in place of a number. */
  readonly serialNumber: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  /** The seed, sealed under the root key, base64. */
  readonly sealedSeed: string
  /** Whose codes these are; absent while nobody has shown any. */
  readonly enabled?: EnabledDevice
}

/** What is known of a device since its user has shown codes. */
export interface EnabledDevice {
  readonly userId: string
  readonly at: number
  /** The step, of 30 seconds, of the newest code that was taken. None is taken twice, and none that is older. */
  readonly lastStep: number
  /** How many steps its clock is ahead of ours. */
  readonly drift: number
}

export function mfaDeviceArn(account: string, path: string, name: string): string {
  return `arn:aws:iam::${account}:mfa${path}${name}`
}

/** A step of RFC 6238: for so long a device shows the same code. */
const stepMs = 30_000

export function stepAt(now: number): number {
  return Math.floor(now / stepMs)
}
