import type { Operation, Subject } from '../operation.ts'
import { issueSession } from './issue-session.ts'
import { findProof, type Proof, spend } from './multi-factor.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'
import { requireLongTerm, secondsFor, usualSeconds } from './user-session.ts'

interface Asking extends Subject {
  readonly proof: Proof | undefined
}

export const getSessionToken: Operation<StsInput<'GetSessionToken'>, StsOutput<'GetSessionToken'>, Asking> = {
  ...declaredSts({
    name: 'GetSessionToken',
    summary: 'Gives a user temporary credentials for itself, perhaps with a one-time code shown.',
    defaults: { DurationSeconds: usualSeconds },
  }),
  check: () => undefined,
  async find(input, call, parts) {
    requireLongTerm('GetSessionToken', call)
    return { keys: [], proof: await findProof(input, call, parts) }
  },
  // It is a way to authenticate, which no policy allows or denies (AWS STS API Reference).
  needs: () => [],
  require: () => undefined,
  async handle({ input, subject: { proof }, call, parts, changes }) {
    const { caller } = call
    const { Credentials } = issueSession(
      {
        account: caller.account,
        source: { kind: 'user', issuer: caller.accessKeyId },
        seconds: secondsFor(caller, input.DurationSeconds ?? usualSeconds),
        policies: [],
        tags: [],
        transitiveTagKeys: [],
        ...(proof && { multiFactorAt: proof.at }),
      },
      call.now,
      parts,
    )
    if (proof !== undefined) spend(proof, changes)
    return { Credentials }
  },
}
