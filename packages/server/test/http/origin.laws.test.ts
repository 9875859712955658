import fc from 'fast-check'
import { expect, test } from 'vitest'
import { networkList } from '../../src/base/network.ts'
import { FieldNames, HeadFields } from '../../src/http/head-fields.ts'
import { Origin, type Origins } from '../../src/http/origin.ts'

const word = fc.option(fc.constantFrom('a', 'b'), { nil: undefined })
const fields = fc
  .record({
    host: word,
    referer: word,
    'user-agent': word,
    'x-forwarded-for': fc.option(fc.constantFrom('192.0.2.1', '192.0.2.2, 10.0.0.2', 'no address'), {
      nil: undefined,
    }),
  })
  .map((values: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : { name, value },
    )
    return new HeadFields(
      new FieldNames(given.map(({ name }) => name)),
      given.map(({ value }) => value),
    )
  })

test('where a request came from is what it says, whatever others over the same connection said before', () => {
  const nobody: Origins = { byNetwork: [] }
  const trusting: Origins = { byNetwork: [], proxies: networkList(['10.0.0.0/8']) }
  fc.assert(
    fc.property(fc.constantFrom(nobody, trusting), fc.array(fields, { minLength: 2 }), (origins, all) => {
      const origin = new Origin('10.0.0.1', undefined, origins)
      for (const each of all) {
        expect(origin.of(each)).toEqual(new Origin('10.0.0.1', undefined, origins).of(each))
      }
    }),
  )
})

test('of requests that say the same it is one object, which can be recognized', () => {
  const origin = new Origin('10.0.0.1', undefined, { byNetwork: [] })
  const names = new FieldNames(['host', 'user-agent', 'x-amz-date'])
  const first = origin.of(new HeadFields(names, ['h', 'a', '1']))
  expect(origin.of(new HeadFields(names, ['h', 'a', '2']))).toBe(first)
  expect(origin.of(new HeadFields(names, ['h', 'b', '2']))).not.toBe(first)
})

test('the fields of a head can be asked for like those of a map', () => {
  const given = fc.dictionary(fc.constantFrom('host', 'date', '__proto__', 'constructor', 'a'), fc.string())
  fc.assert(
    fc.property(given, (values) => {
      const map = new Map(Object.entries(values))
      const head = new HeadFields(new FieldNames([...map.keys()]), [...map.values()])
      expect([...head]).toEqual([...map])
      expect([head.size, [...head.keys()], [...head.values()]]).toEqual([
        map.size,
        [...map.keys()],
        [...map.values()],
      ])
      for (const name of ['host', 'date', '__proto__', 'constructor', 'a', 'other']) {
        expect([head.get(name), head.has(name)]).toEqual([map.get(name), map.has(name)])
      }
    }),
  )
})
