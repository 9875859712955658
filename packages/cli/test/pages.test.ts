import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Pages run as they are read: their named blocks are files, their sessions are typed. */
const docs = join(import.meta.dirname, '../../../docs')
const binary = join(import.meta.dirname, '../bin/claviger.js')

test('the worked example of docs/policy-tests.md does what the page says', () => {
  const page = readFileSync(join(docs, 'policy-tests.md'), 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'claviger-page-'))
  try {
    for (const [, name = '', content = ''] of page.matchAll(/^```(?:json|yaml) (\S+)\n(.*?)^```$/gms)) {
      writeFileSync(join(folder, name), content)
    }
    const [, typed = '', shown = ''] = /^```console\n\$ claviger ([^\n]+)\n(.*?)^```$/ms.exec(page) ?? []
    const first = run(typed.split(' '), folder)
    expect(first.status).toBe(1)
    expect(first.stdout).toMatch(patternOf(shown))

    const policy = readFileSync(join(folder, 'ledger-key.json'), 'utf8')
    const administering = '["kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"]'
    writeFileSync(join(folder, 'ledger-key.json'), policy.replace('"kms:*"', administering))
    expect(run(typed.split(' '), folder)).toMatchObject({
      status: 0,
      stdout: '✓ ledger.test.yaml: all 9 expectations hold\n',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the case on docs/decision-cases.md is decided as it expects', () => {
  const [, example = ''] =
    /^```json\n(.*?)^```$/ms.exec(readFileSync(join(docs, 'decision-cases.md'), 'utf8')) ?? []
  const { status, stderr } = run(['policy', 'eval', '-', '--check'], docs, `{ "cases": [${example}] }`)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '1 cases: all as expected\n' })
})

function run(words: string[], cwd: string, input = '') {
  return spawnSync(process.execPath, [binary, ...words], {
    cwd,
    input,
    encoding: 'utf8',
    env: { NO_COLOR: '1' },
  })
}

/** The session as printed, where a line `…` stands for any lines. */
function patternOf(shown: string): RegExp {
  const lines = shown
    .trimEnd()
    .split('\n')
    .map((line) =>
      line.trim() === '…' ? '(?:.*\\n)*?' : `${line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\n`,
    )
  return new RegExp(`^${lines.join('')}$`)
}
