import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonValue } from '../src/index.ts'

const letters = fc.constantFrom('"', '\\', '\n', '\0', '\u2028', '\ud800', '/', 'a', 'é', ':', ' ', '{')
const words = fc.string({ unit: letters, maxLength: 3 })
const { tree: trees } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21),
    words,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(words, tie('tree'), { maxKeys: 4 }),
  ),
}))

test('a value comes back as it was written, whatever was read before', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      expect(JSON.stringify(jsonValue(JSON.stringify(tree, undefined, 1)))).toBe(JSON.stringify(tree))
    }),
    { numRuns: 5_000 },
  )
})

test('a name that has an escape is not taken for another that was read before', () => {
  jsonValue('{"h":[],"\\\\":0}')
  JSON.parse('{"h":[],"\\\\":0}')
  expect(Object.keys(jsonValue('{"h":1,"\\"":2}') as object)).toEqual(['h', '"'])
})

test('what is no JSON is refused, with escaped names or without', () => {
  for (const text of ['', '{', '{"a\\n":}', '{"a\\n":1', '{"a":1}x', '{"\\q":1}', '["\\"]']) {
    expect(() => jsonValue(text), text).toThrow(SyntaxError)
  }
})

test('of a name that is given twice the last counts', () => {
  expect(jsonValue('{"\\n":1,"\\u000a":2}')).toEqual({ '\n': 2 })
})
