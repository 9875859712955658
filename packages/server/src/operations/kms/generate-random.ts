import { Refusal } from '../../protocol/errors.ts'
import { onAccount } from '../on-account.ts'
import { requireNoRecipient } from './recipient.ts'

export const generateRandom = onAccount({
  name: 'GenerateRandom',
  summary: 'Gives up to 1024 random bytes.',
  check(input) {
    if (input.NumberOfBytes === undefined) {
      throw new Refusal('ValidationException', 'NumberOfBytes is required.')
    }
    requireNoRecipient(input)
  },
  async handle({ input, parts }) {
    if (input.CustomKeyStoreId !== undefined) {
      throw new Refusal(
        'CustomKeyStoreNotFoundException',
        `Custom key store ${input.CustomKeyStoreId} does not exist`,
      )
    }
    return { Plaintext: parts.chance.bytes(input.NumberOfBytes ?? 0) }
  },
})
