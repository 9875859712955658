import type { Secret as Seed } from 'otpauth'
import type { Chance } from '../base/chance.ts'
import { onFirstUse } from '../base/on-first-use.ts'
import { reveal, Secret } from './secret.ts'

const otpauth = onFirstUse<typeof import('otpauth')>('otpauth')

/** As long as those that AWS gives out: 320 random bits, 64 letters of base 32. */
const seedBytes = 40

/** A fresh seed for one-time codes. */
export function newSeed(chance: Chance): Secret {
  const bytes = chance.bytes(seedBytes)
  const seed = new Secret(bytes)
  bytes.fill(0)
  return seed
}

/** A seed as apps take it (RFC 4648 base 32). */
export function seedText(seed: Secret): string {
  return seedOf(seed).base32
}

/**
 * The step whose code this is (RFC 4226, six digits of HMAC-SHA-1), if it is one of those around the step that is
 * meant; `undefined` when it is another code.
 */
export function stepOfCode(
  seed: Secret,
  code: string,
  { around, window }: { readonly around: number; readonly window: number },
): number | undefined {
  const delta = otpauth().HOTP.validate({
    token: code,
    secret: seedOf(seed),
    digits: 6,
    counter: around,
    window,
  })
  return delta === null ? undefined : around + delta
}

function seedOf(seed: Secret): Seed {
  const { Secret: Bytes } = otpauth()
  return new Bytes({ buffer: Uint8Array.from(reveal(seed)).buffer })
}
