import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { authorize, compilePolicy, explain, explanationLines, type LineOptions } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { askedOf, readPage } from './decisions/page.ts'

/**
 * Every explanation page: a section has policies and one request, as decision pages do, and then the lines that
 * a person reads. `UPDATE_PAGES=1` writes the lines, for somebody to read before they are believed.
 */
const folder = join(import.meta.dirname, 'explanations')
const block = /```text (summary|full)\n([\s\S]*?)```/

function explained(
  section: string,
  preface: string,
  title: string,
): { options: LineOptions; lines: string[] } {
  const detail = block.exec(section)?.[1] === 'full' ? 'full' : 'summary'
  const rows = readPage(`${preface}\n## ${section}`)
  const row = rows.at(-1)
  if (row === undefined || rows.length > 1) throw new Error(`one request is wanted in ${title}`)
  const { authority, request } = askedOf(row, compilePolicy)
  const options: LineOptions = { width: 110, detail }
  const explanation = explain(authority, request)
  expect(explanation.outcome.decision).toBe(authorize(authority, request).decision)
  return { options, lines: explanationLines(explanation, options) }
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  const path = join(folder, file)
  const [preface = '', ...sections] = readFileSync(path, 'utf8').split(/^## /m)
  describe(/^# (.*)$/m.exec(preface)?.[1] ?? file, () => {
    test('has requests to explain', () => expect(sections.length).toBeGreaterThan(0))
    for (const section of sections) {
      const title = section.split('\n')[0] ?? ''
      test(title, () => {
        const { lines } = explained(section, preface, title)
        if (process.env.UPDATE_PAGES) {
          const written = section.replace(
            block,
            (_, detail: string) => `\`\`\`text ${detail}\n${lines.join('\n')}\n\`\`\``,
          )
          writeFileSync(
            path,
            readFileSync(path, 'utf8').replace(section, () => written),
          )
        } else expect(lines.join('\n')).toBe(block.exec(section)?.[2]?.trimEnd())
      })
    }
  })
}

test('the example in docs/explanations.md is one of these', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/explanations.md'), 'utf8')
  const example = /```text\n([\s\S]*?)```/.exec(docs)?.[1] ?? ''
  expect(example).not.toBe('')
  expect(readFileSync(join(folder, 'denied.md'), 'utf8')).toContain(example)
})
