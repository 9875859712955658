import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definition, explain } from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { uncertainCorners } from '../src/explanations/uncertainty.ts'
import { authorityOf, documents, requests } from './generators.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/compatibility.md'), 'utf8')

describe('undocumented corners', () => {
  test.each(uncertainCorners)('%s: %s', (section, line) => {
    const rest = page.slice(page.indexOf(`**${section}.**`))
    const part = rest.slice(0, rest.indexOf('\n**', 2) === -1 ? undefined : rest.indexOf('\n**', 2))
    expect(part, `is under ${section} in docs/compatibility.md`).toContain(`- ${line}`)
  })

  test('most decisions of generated policies touch some, and plain ones none', () => {
    const [touched, plain] = [true, false].map((some) =>
      fc.sample(fc.tuple(documents, requests), { numRuns: 300, seed: 1 }).filter(([all, request]) => {
        return explain(authorityOf(all, definition), request).uncertainty.length > 0 === some
      }),
    )
    expect(touched?.length).toBeGreaterThan(0)
    expect(plain?.length).toBeGreaterThan(0)
  })
})
