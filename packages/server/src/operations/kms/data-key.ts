import { type Soon, whenHere } from '../../base/soon.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Encrypted, Use } from './ciphers/cipher.ts'
import { encryptUnder } from './ciphers/ciphers.ts'
import { defaultAlgorithm } from './encryption-rules.ts'

interface DataKeyInput {
  readonly KeySpec?: 'AES_128' | 'AES_256'
  readonly NumberOfBytes?: number
  readonly EncryptionContext?: Readonly<Record<string, string>>
}

const bytesBySpec = { AES_128: 16, AES_256: 32 }

/** A data key's length is said by its spec or in bytes: by one of them. */
export function requireOneLength(input: DataKeyInput): void {
  if ((input.KeySpec === undefined) !== (input.NumberOfBytes === undefined)) return
  throw new Refusal(
    'ValidationException',
    input.KeySpec === undefined
      ? 'Please specify either number of bytes or key spec.'
      : 'Please specify either number of bytes or key spec, not both.',
  )
}

/** Data keys are made under symmetric encryption keys alone; with a pair, anybody can make his own. */
export function requireDataKeys({ key }: KeyEntry): void {
  requireAlgorithm(key, defaultAlgorithm)
}

interface DataKey extends Encrypted {
  readonly plaintext: Uint8Array
}

/** Fresh random bytes for the caller's own encryption, in the clear and under the key. */
export function newDataKey(key: KeyEntry, input: DataKeyInput, use: Use): Soon<DataKey> {
  const count = input.KeySpec === undefined ? (input.NumberOfBytes ?? 0) : bytesBySpec[input.KeySpec]
  const plaintext = use.parts.chance.bytes(count)
  const message = { plaintext, algorithm: defaultAlgorithm, encryptionContext: input.EncryptionContext }
  return whenHere(encryptUnder(key, message, use), (encrypted) => ({ plaintext, ...encrypted }))
}
