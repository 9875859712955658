import { type DecodeOptions, decode, Tokenizer, Type } from 'cborg'
import { readDocument } from './require-document.ts'

type Tokens = NonNullable<DecodeOptions['tokenizer']>

/** One way to write each thing, and no map with two values under one key: two readers cannot differ over it. */
const strictly = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
} satisfies DecodeOptions

/** The one CBOR item that bytes hold. Maps are `Map`s, since their keys may be numbers. @throws Refusal */
export function decodeCbor(bytes: Uint8Array, what: string): unknown {
  return readDocument(() => decode(bytes, { ...strictly, tokenizer: withoutFractions(bytes) }), what)
}

/** To JavaScript 1 and 1.0 are the same; to a rule that asks for an integer they are not. */
function withoutFractions(bytes: Uint8Array): Tokens {
  const tokens = new Tokenizer(bytes, strictly)
  return {
    done: () => tokens.done(),
    pos: () => tokens.pos(),
    next() {
      const token = tokens.next()
      if (Type.equals(token.type, Type.float)) throw new Error('a floating-point number')
      return token
    },
  }
}
