import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findShared, generateModels } from '../../../../tools/generate-models.ts'

const shared = findShared()
if (shared === undefined) console.log('skipped: the published service models are not in ../shared')

test.skipIf(shared === undefined)('the committed models say what AWS published', () => {
  const stale = generateModels(shared ?? '').filter(({ path, text }) => readFileSync(path, 'utf8') !== text)
  expect(stale.map(({ path }) => `${path}: run node --conditions=source tools/generate-models.ts`)).toEqual(
    [],
  )
})
