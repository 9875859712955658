import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { referencePages } from './reference-pages.ts'

test.each(
  referencePages(),
)('docs/reference/%s says what the tables say (npm run generate writes it)', (name, text) => {
  const path = join(resolve(import.meta.dirname, '../docs/reference'), name)
  expect(readFileSync(path, 'utf8')).toBe(text)
})
