import type { Chance } from '../base/chance.ts'

/** RFC 4648 base 32: what IAM makes its identifiers of. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Identifiers as IAM writes them: a prefix that says the kind, then random letters. */
export function newIdentifier(prefix: string, length: number, chance: Chance): string {
  return prefix + Array.from(chance.bytes(length), (byte) => letters[byte % letters.length]).join('')
}

const lowerLetters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Identifiers as Organizations writes them: small letters and digits. They are names and no secrets. */
export function newLowerIdentifier(prefix: string, length: number, chance: Chance): string {
  return (
    prefix + Array.from(chance.bytes(length), (byte) => lowerLetters[byte % lowerLetters.length]).join('')
  )
}
