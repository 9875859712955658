import type { RequestFacts } from '../../call/facts.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { type Message, messageProblem } from '../../crypto/signing-algorithm.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { MessageType, SigningAlgorithmSpec } from '../../protocol/models/kms.ts'

/** What AWS takes a message for when the request does not say. */
export const defaultMessageType: MessageType = 'RAW'

interface SigningInput {
  readonly Message: Uint8Array
  readonly MessageType?: MessageType | undefined
  readonly SigningAlgorithm: SigningAlgorithmSpec
}

/** What policies may ask of a request that signs or verifies; the message type is there even when left to default. */
export function signingFacts(input: SigningInput): RequestFacts {
  return {
    signingAlgorithm: input.SigningAlgorithm,
    messageType: input.MessageType ?? defaultMessageType,
  }
}

/** The message as the request has it. */
export function messageOf({ Message: bytes, MessageType: type = defaultMessageType }: SigningInput): Message {
  return { type, bytes }
}

/** Refuses an algorithm that is not the key's, and a message that the algorithm does not sign. */
export function requireSignable(input: SigningInput, { key }: KeyEntry): void {
  const { SigningAlgorithm: algorithm } = input
  requireAlgorithm(key, algorithm)
  const message = messageOf(input)
  switch (messageProblem(algorithm, message)) {
    case undefined:
      return
    case 'wrong length':
      throw new Refusal('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`)
    case 'wrong type': {
      // AWS blames the key spec, unless it is one that signs such messages with another of its algorithms.
      const blamed =
        key.keySpec === 'ECC_NIST_EDWARDS25519' && message.type !== 'EXTERNAL_MU'
          ? `algorithm ${algorithm}`
          : `key spec ${key.keySpec}`
      throw new Refusal('ValidationException', `Message type ${message.type} is incompatible with ${blamed}.`)
    }
  }
}
