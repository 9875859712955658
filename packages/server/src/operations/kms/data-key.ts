import type { KeyEntry } from '../../catalog/key-entry.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'
import { encryptUnder } from './symmetric.ts'

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

/** Fresh random bytes for the caller's own encryption, in the clear and under the key. */
export async function newDataKey(key: KeyEntry, input: DataKeyInput, parts: Parts) {
  const count = input.KeySpec === undefined ? (input.NumberOfBytes ?? 0) : bytesBySpec[input.KeySpec]
  const plaintext = parts.chance.bytes(count)
  const { blob, materialId } = await encryptUnder(
    key,
    { plaintext, encryptionContext: input.EncryptionContext },
    parts,
  )
  return { plaintext, blob, materialId }
}
