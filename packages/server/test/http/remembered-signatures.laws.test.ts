import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RememberedSignatures } from '../../src/http/remembered-signatures.ts'

const most = 5
const goodFor = 10

/** What happens when a signature is presented. */
function outcome(remembered: RememberedSignatures, signature: string, at: { until: number; now: number }) {
  try {
    remembered.remember(signature, at)
    return 'accepted'
  } catch (error) {
    return (error as Error).name
  }
}

const presentations = fc.array(
  fc.record({
    signature: fc.constantFrom(...'abcdefgh'),
    later: fc.nat(4),
    age: fc.integer({ min: -3, max: goodFor }),
  }),
  { maxLength: 200 },
)

test('a signature that is still good is never accepted twice, and no more are remembered than may be', () => {
  fc.assert(
    fc.property(presentations, (steps) => {
      const remembered = new RememberedSignatures(most)
      const acceptedUntil = new Map<string, number>()
      let now = 0
      for (const { signature, later, age } of steps) {
        now += later
        const until = now - age + goodFor
        const still = [...acceptedUntil].filter(([, end]) => end >= now)
        const told = outcome(remembered, signature, { until, now })
        if ((acceptedUntil.get(signature) ?? Number.NEGATIVE_INFINITY) >= now) {
          expect(told).toBe('PresentedRequestUsedException')
        } else if (still.length >= most) {
          expect(told).not.toBe('accepted')
        } else if (!acceptedUntil.has(signature)) {
          expect(told).toBe('accepted')
        }
        if (told === 'accepted') acceptedUntil.set(signature, until)
      }
    }),
  )
})

test('when as many are remembered as may be, nothing more is accepted until one is no longer good', () => {
  const remembered = new RememberedSignatures(2)
  expect(outcome(remembered, 'one', { until: 10, now: 0 })).toBe('accepted')
  expect(outcome(remembered, 'two', { until: 20, now: 0 })).toBe('accepted')
  expect(outcome(remembered, 'three', { until: 20, now: 10 })).toBe('ServiceUnavailableException')
  expect(outcome(remembered, 'three', { until: 20, now: 11 })).toBe('accepted')
  expect(outcome(remembered, 'four', { until: 20, now: 11 })).toBe('ServiceUnavailableException')
})
