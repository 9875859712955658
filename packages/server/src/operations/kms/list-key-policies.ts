import { pageOf } from '../../keys/paging.ts'
import { onKey } from '../on-key.ts'

export const listKeyPolicies = onKey({
  name: 'ListKeyPolicies',
  summary: 'Names the policies of a key: always the one called `default`.',
  async handle({ input }) {
    pageOf('ListKeyPolicies', input)
    return { PolicyNames: ['default'], Truncated: false }
  },
})
