import { operations } from '@claviger/server'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countIn, newHistogram, observe } from '../../src/metrics/histogram.ts'
import { Meter } from '../../src/metrics/meter.ts'
import { serviceNames } from '../../src/protocol/services.ts'

describe('a histogram', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 })

  test('has of every bound as many values as are not above it', () => {
    fc.assert(
      fc.property(bounds, fc.array(fc.integer({ min: -120, max: 120 })), (unordered, values) => {
        const histogram = newHistogram([...unordered].sort((left, right) => left - right))
        for (const value of values) observe(histogram, value)
        histogram.bounds.forEach((bound, index) => {
          const upTo = histogram.counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0)
          expect(upTo).toBe(values.filter((value) => value <= bound).length)
        })
        expect(countIn(histogram)).toBe(values.length)
        expect(histogram.sum).toBe(values.reduce((sum, value) => sum + value, 0))
      }),
    )
  })
})

describe('a meter', () => {
  const service = fc.constantFrom(...serviceNames)
  const known = new Set(operations.map(({ service, name }) => `${service}:${name}`))
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom(...operations.map((operation) => operation.name)),
    fc.constantFrom('none', 'other', '__proto__'),
  )
  const code = fc.option(fc.constantFrom('AccessDeniedException', 'ThrottlingException'), { nil: undefined })

  test('counts every call once, and tells no operation apart that is not ours', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(service, name, code)), (calls) => {
        const meter = new Meter(operations)
        for (const [service, name, code] of calls) meter.of(service, name).answered(meter.begun(0), code)
        const counted = meter.operations().flatMap(({ service, name, ok, refused, durations }) => {
          expect(known.has(`${service}:${name}`) || name === 'other' || name === 'none').toBe(true)
          const all = ok + [...refused.values()].reduce((sum, count) => sum + count, 0)
          expect(countIn(durations)).toBe(all)
          return [all]
        })
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(calls.length)
      }),
    )
  })
})
