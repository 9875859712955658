import { matchesWildcard, wildcard } from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Slow and obviously right. */
function matchesPlainly(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern.startsWith('*')) {
    return matchesPlainly(rest, text) || (text !== '' && matchesPlainly(pattern, text.slice(1)))
  }
  const first = pattern.startsWith('?') || pattern[0] === text[0]
  return text !== '' && first && matchesPlainly(rest, text.slice(1))
}

describe('wildcards', () => {
  test('match as their definition says', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, (wanted, actual) => {
        expect(matchesWildcard(wildcard(wanted), actual)).toBe(matchesPlainly(wanted, actual))
      }),
      { numRuns: 5000 },
    )
  })

  test('match within a stretch of a longer text', () => {
    expect(matchesWildcard(wildcard('b*d'), 'abcde', 1, 4)).toBe(true)
    expect(matchesWildcard(wildcard('b*'), 'abcde', 1, 1)).toBe(false)
    expect(matchesWildcard(wildcard('bc'), 'abcde', 1, 4)).toBe(false)
    expect(matchesWildcard(wildcard('bcd'), 'abcde', 1, 4)).toBe(true)
  })

  // Backtracking would outlast the universe, and so the limit that every test has.
  test('do not blow up on hostile patterns', () => {
    const text = 'a'.repeat(2000)
    expect(matchesWildcard(wildcard(`${'*a'.repeat(500)}*b`), text)).toBe(false)
    expect(matchesWildcard(wildcard('*'.repeat(5000)), text)).toBe(true)
    expect(matchesWildcard(wildcard('*?'.repeat(1000)), text)).toBe(true)
  })
})
