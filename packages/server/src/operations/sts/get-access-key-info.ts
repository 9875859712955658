import { Refusal } from '../../protocol/errors.ts'
import type { Operation, Subject } from '../operation.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'

export const getAccessKeyInfo: Operation<
  StsInput<'GetAccessKeyInfo'>,
  StsOutput<'GetAccessKeyInfo'>,
  Subject
> = {
  ...declaredSts({
    name: 'GetAccessKeyInfo',
    summary: 'Says which account an access key belongs to, whoever holds it.',
  }),
  check: () => undefined,
  find: async () => ({ keys: [] }),
  needs: () => [{ action: 'sts:GetAccessKeyInfo', resource: '*', named: 'by-caller', facts: {} }],
  require: () => undefined,
  async handle({ input: { AccessKeyId: id }, call: { caller }, parts: { catalog } }) {
    // Temporary credentials are stored nowhere: of all of them only the caller's own are known.
    if (id === caller.accessKeyId) return { Account: caller.account }
    const key = await catalog.store.find('accessKey', [id])
    if (key === undefined) throw new Refusal('ValidationException', `Access key ${id} is not known.`)
    return { Account: key.value.account }
  },
}
