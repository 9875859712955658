import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { creationDetail } from './details.ts'

export const describeCreateAccountStatus = onOrganization({
  name: 'DescribeCreateAccountStatus',
  summary: 'Shows what has become of a request for an account.',
  async handle({ input, call: { now }, parts: { catalog } }) {
    const creation = await catalog.store.find('accountCreation', [input.CreateAccountRequestId])
    if (creation === undefined) throw new Refusal('CreateAccountStatusNotFoundException')
    return { CreateAccountStatus: creationDetail(creation.value, now) }
  },
})
