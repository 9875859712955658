import { Refusal } from '../../protocol/errors.ts'
import type { Operation, Subject } from '../operation.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'

type Name = 'DecodeAuthorizationMessage'

/** How long a message can be decoded. */
const goodForMs = 86_400_000

export const decodeAuthorizationMessage: Operation<StsInput<Name>, StsOutput<Name>, Subject> = {
  ...declaredSts({
    name: 'DecodeAuthorizationMessage',
    summary:
      'Tells why a user of the account was denied something through a service, from what the service was told.',
  }),
  check: () => undefined,
  find: async () => ({ keys: [] }),
  needs: () => [{ action: 'sts:DecodeAuthorizationMessage', resource: '*', named: 'by-caller', facts: {} }],
  require: () => undefined,
  async handle({ input, call: { caller, now }, parts: { safe } }) {
    const denial = safe.openAuthorizationMessage(input.EncodedMessage)
    // Another account's is one that was never made: nobody learns that it was.
    if (denial === undefined || denial.account !== caller.account || now > denial.at + goodForMs) {
      throw new Refusal('InvalidAuthorizationMessageException', 'Message is not valid.')
    }
    return { DecodedMessage: denial.json }
  },
}
