import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBase64, writeBase64 } from '../../src/protocol/base64.ts'

test('bytes survive the way to base64 and back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(parseBase64(writeBase64(bytes)))).toEqual(Buffer.from(bytes))
    }),
  )
})

test('no two texts mean the same bytes', () => {
  const text = fc.oneof(
    fc.base64String(),
    fc.string({
      unit: fc.constantFrom('A', 'B', 'z', '9', '+', '/', '=', '-', '_', ' ', '\n', 'é', '\0'),
      maxLength: 12,
    }),
  )
  fc.assert(
    fc.property(text, (sent) => {
      const bytes = parseBase64(sent)
      if (typeof bytes !== 'string') expect(writeBase64(bytes)).toBe(sent)
    }),
    { numRuns: 2000 },
  )
})
