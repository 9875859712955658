import type { Call } from '../call/call.ts'
import { Refusal } from '../protocol/errors.ts'

/** What a service can ask for itself beside what keys are for. */
const ofServices: ReadonlySet<string> = new Set(['sts GetForwardAccessSession'])

/** What it can ask for a user beside that: who the user is. */
const throughServices: ReadonlySet<string> = new Set(['sts GetCallerIdentity'])

/**
 * Keeps services to keys. A user who stores an object has not asked for users to be made: credentials for a service
 * that acts for them open KMS and nothing else, whatever they themselves may do. And a service has no account whose
 * identities it could have to do with.
 *
 * @throws Refusal `AccessDeniedException`
 */
export function requireWithinReach(operation: string, { caller, service }: Call): void {
  if (service === 'kms') return
  const asked = `${service} ${operation}`
  if (caller.via !== undefined && !throughServices.has(asked)) {
    throw new Refusal('AccessDeniedException', 'A forward access session is good for AWS KMS alone')
  }
  if (caller.principal.kind === 'service' && !ofServices.has(asked)) {
    throw new Refusal('AccessDeniedException', 'A service can only call AWS KMS, or ask to act for a user')
  }
}
