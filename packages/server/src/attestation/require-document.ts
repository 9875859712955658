import { Refusal } from '../protocol/errors.ts'

/**
 * Refuses an attestation document of which something does not hold. Whoever sent the document may read what: it is
 * theirs, and a document that only just fails opens nothing.
 *
 * @throws Refusal `ValidationException`
 */
export function requireDocument(holds: unknown, otherwise: string): asserts holds {
  if (!holds) throw new Refusal('ValidationException', `The attestation document is not valid: ${otherwise}`)
}

/** What somebody's parser makes of foreign bytes; whatever it throws says no more than that they are not the thing. */
export function readDocument<V>(parse: () => V, otherwise: string): V {
  let value: { readonly read: V } | undefined
  try {
    value = { read: parse() }
  } catch {
    value = undefined
  }
  requireDocument(value, otherwise)
  return value.read
}
