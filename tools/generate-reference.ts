import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { referencePages } from './reference-pages.ts'

/** Writes docs/reference/ from the tables it describes: `npm run generate`. */

const folder = resolve(import.meta.dirname, '../docs/reference')
mkdirSync(folder, { recursive: true })
for (const [name, text] of referencePages()) writeFileSync(join(folder, name), text)
