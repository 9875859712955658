import type { Need } from '../../access/need.ts'
import { federatedUserArn } from '../../identity/session.ts'
import type { Operation, Subject } from '../operation.ts'
import { issueSession } from './issue-session.ts'
import { readSessionPolicies, requireManagedPolicies } from './session-policies.ts'
import { readSessionTags } from './session-tags.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'
import { requireLongTerm, secondsFor, usualSeconds } from './user-session.ts'

export const getFederationToken: Operation<
  StsInput<'GetFederationToken'>,
  StsOutput<'GetFederationToken'>,
  Subject
> = {
  ...declaredSts({
    name: 'GetFederationToken',
    summary:
      'Gives temporary credentials for somebody else, who may do what the caller and a passed policy both allow.',
    defaults: { DurationSeconds: usualSeconds },
  }),
  check: (input) => void readSessionPolicies(input),
  async find(input, call) {
    requireLongTerm('GetFederationToken', call)
    readSessionTags(input, call.caller)
    return { keys: [] }
  },
  needs(input, _subject, { caller }) {
    const requestTags = readSessionTags(input, caller).passed
    const actions = ['sts:GetFederationToken', ...(requestTags.length > 0 ? ['sts:TagSession'] : [])]
    return actions.map(
      (action): Need => ({
        action,
        resource: federatedUserArn(caller.account, input.Name),
        named: 'by-caller',
        facts: {
          ...(input.DurationSeconds !== undefined && { durationSeconds: input.DurationSeconds }),
          ...(requestTags.length > 0 && { requestTags }),
        },
      }),
    )
  },
  require: () => undefined,
  async handle({ input, call, parts }) {
    const { account, accessKeyId } = call.caller
    const policies = readSessionPolicies(input)
    await requireManagedPolicies(policies, account, parts.catalog.store)
    const issued = issueSession(
      {
        account,
        source: { kind: 'federated-user', issuer: accessKeyId, name: input.Name },
        seconds: secondsFor(call.caller, input.DurationSeconds ?? usualSeconds),
        policies,
        tags: readSessionTags(input, call.caller).all,
        transitiveTagKeys: [],
      },
      call.now,
      parts,
    )
    return {
      ...issued,
      FederatedUser: {
        FederatedUserId: `${account}:${input.Name}`,
        Arn: federatedUserArn(account, input.Name),
      },
    }
  },
}
