import { createHmac } from 'node:crypto'
import type { Person } from './serving.ts'

/** An app on somebody's phone that shows one-time codes, from RFC 4226 and 6238 alone. */
export interface Authenticator {
  /** What the app shows at a moment, or so many steps of 30 seconds later. */
  codeAt(now: number, stepsLater?: number): string
}

/** The app, given what its owner types or scans: base 32. */
export function authenticator(seed: string): Authenticator {
  const key = fromBase32(seed)
  return {
    codeAt(now, stepsLater = 0) {
      const counter = Buffer.alloc(8)
      counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000) + stepsLater))
      const mac = createHmac('sha1', key).update(counter).digest()
      const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0xf) & 0x7fffffff
      return String(number % 1_000_000).padStart(6, '0')
    },
  }
}

function fromBase32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** A new device of a user's, and the app that shows its codes. */
export async function newDevice(
  { iam }: Pick<Person, 'iam'>,
  user: string,
  now: number,
  name = user,
): Promise<{ serialNumber: string; app: Authenticator }> {
  const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: name })
  const app = authenticator(Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString())
  const serialNumber = String(VirtualMFADevice?.SerialNumber)
  await iam.enableMFADevice({
    UserName: user,
    SerialNumber: serialNumber,
    AuthenticationCode1: app.codeAt(now, -1),
    AuthenticationCode2: app.codeAt(now),
  })
  return { serialNumber, app }
}
