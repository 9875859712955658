import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sign, verify } from '../../src/crypto/signing.ts'
import { type Message, messageProblem } from '../../src/crypto/signing-algorithm.ts'
import { hashedMessage, pairOf, signers } from './pairs.ts'

const runs = { numRuns: 12 }
const messages = fc.uint8Array({ maxLength: 200 })

for (const [spec, algorithm] of signers)
  describe(`${algorithm} with ${spec}`, () => {
    /** The message types an algorithm has, of one message. */
    const formsOf = async (bytes: Uint8Array): Promise<readonly Message[]> => {
      const { publicKey } = await pairOf(spec)
      const forms: Message[] = [{ type: 'RAW', bytes }]
      if (algorithm !== 'ED25519_SHA_512') forms.push(hashedMessage(algorithm, publicKey, bytes))
      return forms.filter((form) => messageProblem(algorithm, form) === undefined)
    }

    test('a signature verifies, whether the signer or the verifier had the message or its hash', async () => {
      const { privateKey, publicKey } = await pairOf(spec)
      const law = fc.asyncProperty(messages, async (bytes) => {
        const forms = await formsOf(bytes)
        for (const signed of forms)
          for (const shown of forms) {
            const signature = await sign(privateKey, algorithm, signed)
            expect(await verify(publicKey, algorithm, shown, signature)).toBe(true)
          }
      })
      await fc.assert(law, runs)
    })

    test('nothing else verifies: not another message, key or signature', async () => {
      const { privateKey, publicKey } = await pairOf(spec)
      const other = await pairOf(spec, 'second')
      const law = fc.asyncProperty(messages, fc.nat(), fc.nat(), async (bytes, place, bit) => {
        for (const message of await formsOf(bytes)) {
          const signature = await sign(privateKey, algorithm, message)
          expect(await verify(other.publicKey, algorithm, message, signature)).toBe(false)
          const changed = flipped(signature, place, bit)
          expect(await verify(publicKey, algorithm, message, changed)).toBe(false)
          const meant = { ...message, bytes: flipped(message.bytes, place, bit) }
          expect(await verify(publicKey, algorithm, meant, signature)).toBe(false)
          for (const wrong of [signature.subarray(1), Buffer.concat([signature, Buffer.of(0)])])
            expect(await verify(publicKey, algorithm, message, wrong)).toBe(false)
        }
      })
      await fc.assert(law, runs)
    })

    test('any bytes are a signature that does not verify, and no crash', async () => {
      const { publicKey } = await pairOf(spec)
      const law = fc.asyncProperty(messages, fc.uint8Array({ maxLength: 300 }), async (bytes, signature) => {
        for (const message of await formsOf(bytes))
          expect(await verify(publicKey, algorithm, message, signature)).toBe(false)
      })
      await fc.assert(law, runs)
    })
  })

test('an RSA signature that begins with a zero does not verify without it', async () => {
  const { privateKey, publicKey } = await pairOf('RSA_2048')
  const message: Message = { type: 'RAW', bytes: Buffer.from('message') }
  const hashed = hashedMessage('RSASSA_PSS_SHA_256', publicKey, message.bytes)
  let signature: Uint8Array
  // One in 256 is such a one: each has another salt.
  do signature = await sign(privateKey, 'RSASSA_PSS_SHA_256', message)
  while (signature[0] !== 0)
  for (const shown of [message, hashed]) {
    expect(await verify(publicKey, 'RSASSA_PSS_SHA_256', shown, signature)).toBe(true)
    expect(await verify(publicKey, 'RSASSA_PSS_SHA_256', shown, signature.subarray(1))).toBe(false)
  }
})

/** Other bytes: one bit is another or, where there is none, one byte is there. */
function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(bit & 255)
  const changed = Uint8Array.from(bytes)
  const at = place % bytes.length
  changed.set([(bytes[at] ?? 0) ^ (1 << (bit & 7))], at)
  return changed
}
