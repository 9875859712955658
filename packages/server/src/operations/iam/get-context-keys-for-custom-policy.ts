import { iamNeed, onIamAccount } from '../iam-operation.ts'
import { contextKeysIn } from './context-keys.ts'

export const getContextKeysForCustomPolicy = onIamAccount({
  name: 'GetContextKeysForCustomPolicy',
  summary: 'Lists the condition keys that policies ask about: what a simulation of them should say.',
  needs: () => [iamNeed('GetContextKeysForCustomPolicy', { resource: '*' })],
  async handle({ input }) {
    return { ContextKeyNames: contextKeysIn(input.PolicyInputList) }
  },
})
