import { Refusal } from '../../protocol/errors.ts'

/** Refuses a request that wants its answer sealed for an enclave: answering in the clear would be worse. */
export function requireNoRecipient(input: { readonly Recipient?: unknown }): void {
  if (input.Recipient === undefined) return
  throw new Refusal('UnsupportedOperationException', 'The Recipient parameter is not supported.')
}
