import { invariant } from '../../base/invariant.ts'
import { principalIdOf } from '../../call/principal-id.ts'
import { newSecretAccessKey } from '../../identity/access-key.ts'
import { newSessionKeyId } from '../../identity/session.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { StsOperationsHere } from '../../protocol/extensions.ts'
import type { Operation, Subject } from '../operation.ts'

type Types = StsOperationsHere['GetForwardAccessSession']

/** For one request of a user's: as long as it may take, and no longer. */
const sessionMs = 300_000

/**
 * A service that received a signed request from a user gets credentials to call KMS as that user. No policy is
 * asked: being a registered service is the permission to ask, the user's signature the permission to act for them, and
 * whatever is then done is up to the user's own policies.
 */
export const getForwardAccessSession: Operation<Types['input'], Types['output'], Subject> = {
  service: 'sts',
  name: 'GetForwardAccessSession',
  summary: 'Gives a service credentials to act for the user whose signed request it presents.',
  defaults: {},
  check: () => undefined,
  find: async () => ({ keys: [] }),
  needs: () => [],
  require(_input, _subject, { caller: { principal } }) {
    if (principal.kind === 'service') return
    throw new Refusal('AccessDeniedException', 'Only registered services can ask for forward access sessions')
  },
  async handle({ input, call: { caller, now }, parts: { presented, safe, chance }, note }) {
    const { principal } = caller
    invariant(principal.kind === 'service', 'only a service was let in')
    const { Method: method, Path: path, Query: query = '', BodyHash: bodyHash } = input
    const headers = input.Headers.flatMap(({ Name, Value }) => [Name, Value])
    const service = principal.regionalName ?? principal.service
    const user = await presented.accept({ method, path, query, headers, bodyHash }, service, now)
    const { caller: owner, ...credentials } = user
    invariant(owner.principal.kind !== 'service', 'what a service signed is not accepted')
    note({ forwardAccessSession: { arn: owner.principal.arn, accessKeyId: owner.accessKeyId } })
    const session = {
      accessKeyId: newSessionKeyId(chance),
      secretAccessKey: newSecretAccessKey(chance),
      // The user's own credentials may end before; then these open nothing any more.
      expiresAt: now - (now % 1000) + sessionMs,
      service: caller.accessKeyId,
      user: credentials,
    }
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: safe.forwardSessionToken(session),
        Expiration: new Date(session.expiresAt),
      },
      UserId: principalIdOf(owner.principal),
      Account: owner.principal.account,
      Arn: owner.principal.arn,
    }
  },
}
