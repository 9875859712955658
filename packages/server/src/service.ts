import { cloudTrailRecord, nothingKnown } from './audit/record.ts'
import type { Call } from './call/call.ts'
import { doWhatIsDue } from './due/do-what-is-due.ts'
import { findOperation } from './operations/index.ts'
import { type Held, run } from './pipeline.ts'
import { Refusal } from './protocol/errors.ts'

/** The service without a network: what a listener, a test or somebody's own program calls. */
export interface Service {
  /**
   * Does one operation for an authenticated caller and gives its output as the API's model shapes it.
   *
   * @param readInput gives the operation's input, or refuses what the caller sent
   * @throws Refusal for everything a caller is meant to read, bugs included
   */
  call(call: Call, operation: string, readInput: () => object): Promise<object>
}

export function createService(held: Held): Service {
  const { catalog } = held.parts
  return {
    call(call, name, readInput) {
      if (!catalog.hasDueKeys(call.now)) return perform(call, name, readInput, held)
      const done = doWhatIsDue(call.now, { ...held.parts, ledger: held.ledger })
      return done.then(() => perform(call, name, readInput, held))
    },
  }
}

function perform(call: Call, name: string, readInput: () => object, held: Held): Promise<object> {
  const operation = findOperation(call.service, name)
  return operation === undefined ? refuse(call, name, held) : run(operation, readInput, call, held)
}

async function refuse(call: Call, name: string, { parts, ledger }: Held): Promise<never> {
  const refusal = new Refusal('UnsupportedOperationException', `${name} is not supported.`)
  const eventId = parts.chance.uuid()
  await ledger.append(cloudTrailRecord({ ...nothingKnown, call, eventId, operation: name, refusal }))
  throw refusal
}
