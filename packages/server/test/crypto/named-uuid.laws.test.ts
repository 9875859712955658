import fc from 'fast-check'
import { expect, test } from 'vitest'
import { namedUuid } from '../../src/crypto/named-uuid.ts'

test('a named UUID is one of version 8, the same for the same name and another for another', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(namedUuid(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(namedUuid(one) === namedUuid(other)).toBe(one === other)
    }),
  )
})

test('its names keep their UUIDs from release to release', () => {
  expect(namedUuid('AWS managed key 111122223333 us-east-1 s3')).toBe('f853a1aa-3522-8819-8eab-b0ab44bfad53')
})
