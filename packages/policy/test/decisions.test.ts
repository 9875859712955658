import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePolicy, definition } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { actualOf, readPage, wantedOf } from './decisions/page.ts'

/** Every row of every page, through the definition and through the compiled form. */
const folder = join(import.meta.dirname, 'decisions')

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  const markdown = readFileSync(join(folder, file), 'utf8')
  describe(/^# (.*)$/m.exec(markdown)?.[1] ?? file, () => {
    const rows = readPage(markdown)
    test('has requests to decide', () => expect(rows.length).toBeGreaterThan(0))
    for (const row of rows) {
      test([row.section, row.cells.get('case')].filter(Boolean).join(': '), () => {
        expect(actualOf(row, definition)).toEqual(wantedOf(row))
        expect(actualOf(row, compilePolicy)).toEqual(wantedOf(row))
      })
    }
  })
}
