import { invariant } from '../../base/invariant.ts'
import { principalIdOf } from '../../call/principal-id.ts'
import type { StsOperations } from '../../protocol/models/sts.ts'
import type { Operation, Subject } from '../operation.ts'

type Types = StsOperations['GetCallerIdentity']

export const getCallerIdentity: Operation<Types['input'], Types['output'], Subject> = {
  service: 'sts',
  name: 'GetCallerIdentity',
  summary: 'Says who is asking. Nobody needs permission for that.',
  defaults: {},
  check: () => undefined,
  find: async () => ({ keys: [] }),
  // AWS lets every authenticated caller ask, even against an explicit deny (AWS STS API Reference).
  needs: () => [],
  require: () => undefined,
  async handle({ call: { caller } }) {
    const { principal } = caller
    invariant(principal.kind !== 'service', 'a service principal has no caller identity')
    return { UserId: principalIdOf(principal), Account: principal.account, Arn: principal.arn }
  },
}
