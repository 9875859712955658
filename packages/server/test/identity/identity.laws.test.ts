import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityArn } from '../../src/identity/entity.ts'
import { parsePolicyArn, policyArn } from '../../src/identity/managed-policy.ts'
import { type Tag, withoutTags, withTags } from '../../src/identity/tags.ts'
import { pageOf } from '../../src/operations/iam/paging.ts'
import { Refusal } from '../../src/protocol/errors.ts'

const word = fc.stringMatching(/^[\w+=,.@-]{1,20}$/)
const path = fc.array(word, { maxLength: 3 }).map((parts) => ['', ...parts, ''].join('/'))
const account = fc.oneof(fc.constant('aws'), fc.stringMatching(/^\d{12}$/))
const tags = fc.uniqueArray(fc.record({ key: fc.string({ minLength: 1 }), value: fc.string() }), {
  selector: ({ key }) => key.toLowerCase(),
  maxLength: 20,
})

test('the ARN of a managed policy says where it is, and no other text does', () => {
  fc.assert(
    fc.property(fc.record({ account, path, name: word }), (place) => {
      expect(parsePolicyArn(policyArn(place))).toEqual(place)
      expect(parsePolicyArn(entityArn('role', place))).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parts = parsePolicyArn(text)
      if (parts !== undefined) expect(policyArn(parts)).toBe(text)
    }),
  )
})

test('tags that are added are there, once each whatever their case, and those taken away are not', () => {
  const lower = (list: readonly Tag[]) => list.map(({ key }) => key.toLowerCase())
  fc.assert(
    fc.property(tags, tags, (present, added) => {
      const together = withTags(present, added)
      expect(new Set(lower(together)).size).toBe(together.length)
      for (const tag of added) expect(together).toContainEqual(tag)
      const keys = added.map(({ key }) => key.toUpperCase().toLowerCase())
      expect(lower(withoutTags(together, keys)).filter((key) => keys.includes(key))).toEqual([])
    }),
  )
})

test('the pages of a list together are the list, in the order of its names, however long a page is', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[ -~]{1,10}$/), { maxLength: 30 })
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 7 }), (all, MaxItems) => {
      const seen: string[] = []
      let Marker: string | undefined
      do {
        const { items, ending } = pageOf(
          all,
          { MaxItems, ...(Marker !== undefined && { Marker }) },
          (name) => name,
        )
        expect(items.length).toBeLessThanOrEqual(MaxItems)
        seen.push(...items)
        Marker = ending.IsTruncated ? ending.Marker : undefined
      } while (Marker !== undefined)
      expect(seen).toEqual([...all].sort())
    }),
  )
})

test('no marker does more than be refused', () => {
  fc.assert(
    fc.property(fc.string(), (Marker) => {
      try {
        pageOf(['a', 'b'], { Marker }, (name) => name)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Refusal)
      }
    }),
  )
})
