import type { Chance } from '../base/chance.ts'

/** RFC 4648 base 32: what IAM makes its identifiers of. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Identifiers as IAM writes them: a prefix that says the kind, then random letters. */
export function newIdentifier(prefix: string, length: number, chance: Chance): string {
  return prefix + Array.from(chance.bytes(length), (byte) => letters[byte % letters.length]).join('')
}
