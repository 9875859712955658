import { type JsonNode, placeOf, readJson } from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]))
    case 'array':
      return node.items.map(plain)
    case 'string':
    case 'boolean':
      return node.value
    case 'number':
      return Number(node.written)
    case 'null':
      return null
  }
}

describe('reading JSON', () => {
  test('reads what JSON.parse reads, and as the same values', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat({ max: 3 }), (text, spaces) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, spaces)
        const { root, problems } = readJson(spaced)
        expect(problems).toEqual([])
        expect(root && JSON.stringify(plain(root))).toBe(JSON.stringify(JSON.parse(spaced)))
      }),
    )
  })

  test('refuses what JSON.parse refuses, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0 1.e-tn') })),
        (text) => {
          let taken = true
          try {
            JSON.parse(text)
          } catch {
            taken = false
          }
          expect(readJson(text).root !== undefined).toBe(taken)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('knows where values and names stand', () => {
    const text = '{\n  "a": [1, "x\\n"]\n}'
    const { root } = readJson(text)
    const member = root?.kind === 'object' ? root.members[0] : undefined
    const item = member?.value.kind === 'array' ? member.value.items[1] : undefined
    expect(placeOf(text, member?.offset ?? -1)).toEqual({ line: 2, column: 3 })
    expect(placeOf(text, item?.offset ?? -1)).toEqual({ line: 2, column: 12 })
    expect(text.slice(item?.offset, item?.end)).toBe('"x\\n"')
  })

  test('complains about a name given twice, and reads on', () => {
    const { root, problems } = readJson('{"a": 1, "b": {"c": 1, "\\u0063": 2}, "a": 2}')
    expect(root).toBeDefined()
    expect(problems).toEqual([
      { offset: 23, message: '`c` is given twice' },
      { offset: 37, message: '`a` is given twice' },
    ])
  })

  test.each([
    ['', 'the text ends where a value is expected', 0],
    ['{"a" 1}', 'expected `:` after the name', 5],
    ['{"a": 1,}', 'expected a name in double quotes', 8],
    ['[1 2]', 'expected `,` or `]`', 3],
    ['{} {}', 'nothing may follow the document', 3],
    ['"a', 'the text ends within a string', 0],
    ['"\\x"', 'unknown escape', 1],
    ['"\t"', 'control characters must be escaped', 1],
    ['01', '`01` is not a value', 0],
    ['NaN', '`NaN` is not a value', 0],
  ])('says what is wrong with %s', (text, message, offset) => {
    expect(readJson(text).problems).toEqual([{ offset, message }])
  })

  test('stops at a depth no policy has', () => {
    expect(readJson('['.repeat(100_000)).problems).toEqual([
      { offset: 64, message: 'nested more than 64 levels deep' },
    ])
  })
})
