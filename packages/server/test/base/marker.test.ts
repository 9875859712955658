import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markerOf, readMarker } from '../../src/base/marker.ts'

test('a marker gives back the position it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (position) => {
      expect(readMarker(markerOf(position), position.length)).toEqual(position)
    }),
  )
})

test('a marker of another list, of another number of parts, names no place', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.nat(4), (position, parts) => {
      fc.pre(position.length !== parts)
      expect(readMarker(markerOf(position), parts)).toBeUndefined()
    }),
  )
})

test('what nobody was given names no place, however near it comes', () => {
  const own = markerOf(['alias/orders'])
  const spaced = Buffer.from('[ "alias/orders" ]').toString('base64url')
  const number = Buffer.from('[1]').toString('base64url')
  for (const marker of ['', 'x', `${own}=`, `${own}A`, ` ${own}`, spaced, number, '*'.repeat(40)]) {
    expect(readMarker(marker, 1)).toBeUndefined()
  }
})
