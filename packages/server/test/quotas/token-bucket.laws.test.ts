import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from '../../src/quotas/token-bucket.ts'

/** Requests that arrive one after the other: how long after the last, and how many at once. */
const arrivals = fc.array(fc.record({ gap: fc.nat(700), requests: fc.integer({ min: 1, max: 3 }) }), {
  maxLength: 60,
})
const perSecond = fc.integer({ min: 3, max: 40 })

interface Pass {
  readonly at: number
  readonly requests: number
}

/** Sends them all to a full bucket. */
function sent(bucket: TokenBucket, all: readonly { readonly gap: number; readonly requests: number }[]) {
  let at = 0
  return all.map(({ gap, requests }) => {
    at += gap
    const passes = bucket.has(requests, at)
    if (passes) bucket.take(requests)
    return { at, requests, passes }
  })
}

test('in any stretch of time no more pass than the rate allows, and one second’s worth', () => {
  fc.assert(
    fc.property(perSecond, arrivals, (rate, all) => {
      const passed = sent(new TokenBucket(rate, 0), all).filter(({ passes }) => passes)
      for (const [from, { at: start }] of passed.entries()) {
        let requests = 0
        for (const pass of passed.slice(from)) {
          requests += pass.requests
          expect(requests * 1000).toBeLessThanOrEqual(rate * (pass.at - start) + rate * 1000)
        }
      }
    }),
  )
})

test('nothing is refused that would have kept to it: not a request is lost to rounding', () => {
  fc.assert(
    fc.property(perSecond, arrivals, (rate, all) => {
      const passed: Pass[] = []
      for (const { at, requests, passes } of sent(new TokenBucket(rate, 0), all)) {
        const keepsTo = [...passed, { at, requests }].every(({ at: start }, from) => {
          const since = passed.slice(from).reduce((sum, pass) => sum + pass.requests, 0)
          return (since + requests) * 1000 <= rate * (at - start) + rate * 1000
        })
        expect(passes).toBe(keepsTo)
        if (passes) passed.push({ at, requests })
      }
    }),
  )
})

test('whoever waits a second may send a second’s worth again, whatever was before', () => {
  fc.assert(
    fc.property(perSecond, arrivals, (rate, all) => {
      const bucket = new TokenBucket(rate, 0)
      const last = sent(bucket, all).at(-1)?.at ?? 0
      expect(bucket.has(rate, last + 1000)).toBe(true)
    }),
  )
})

test('a rate below one per second lets one through, and the next when its time has come', () => {
  const bucket = new TokenBucket(0.5, 0)
  expect(bucket.has(1, 0)).toBe(true)
  bucket.take(1)
  expect(bucket.has(1, 1999)).toBe(false)
  expect(bucket.has(1, 2000)).toBe(true)
})

test('a request that counts for more than a second’s worth passes when the bucket is full', () => {
  const bucket = new TokenBucket(1, 0)
  expect(bucket.has(2, 0)).toBe(true)
  bucket.take(2)
  expect(bucket.has(2, 999)).toBe(false)
  expect(bucket.has(2, 1000)).toBe(true)
})

test('calls that overlap add nothing twice; a clock that is set back keeps nobody waiting', () => {
  const bucket = new TokenBucket(5, 0)
  bucket.take(5)
  for (const now of [100, 90, 100, 90, 100]) bucket.has(1, now)
  expect(bucket.has(1, 199)).toBe(false)
  const hourBefore = -3_600_000
  expect(bucket.has(1, hourBefore)).toBe(false)
  expect(bucket.has(1, hourBefore + 200)).toBe(true)
})
