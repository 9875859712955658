import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * Runs the sessions in `scripts/`, each in an empty directory with the files below its `-- name --` lines:
 *
 *     $ claviger …             must end with 0
 *     !2 $ claviger …          must end with 2
 *     $ claviger … < file      reads the file as its input
 *     stdout 'words'           the last command printed these, likewise `stderr`
 *     stdout empty
 *     file name 'words'        a file there has these by now
 */
const folder = join(import.meta.dirname, 'scripts')
const binary = join(import.meta.dirname, '../bin/claviger.js')

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function parseScript(text: string): { lines: string[]; files: [name: string, content: string][] } {
  const [head = '', ...parts] = text.split(/^-- (.+) --$/m)
  const files: [string, string][] = []
  for (let index = 0; index < parts.length; index += 2) {
    files.push([parts[index] ?? '', (parts[index + 1] ?? '').replace(/^\n/, '')])
  }
  const lines = head.split('\n').map((line) => line.trim())
  return { lines: lines.filter((line) => line !== '' && !line.startsWith('#')), files }
}

function run(command: string, cwd: string): Run {
  const [, rest = '', input] = /^claviger ?(.*?)(?: < (\S+))?$/.exec(command) ?? []
  const words = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
  const environment = { PATH: process.env.PATH, NO_COLOR: '1' }
  return spawnSync(process.execPath, [binary, ...words], {
    cwd,
    env: environment,
    encoding: 'utf8',
    input: input === undefined ? '' : readFileSync(join(cwd, input)),
  })
}

describe.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', (name) => {
  // Every line starts a process, which takes its time on a busy machine.
  test('goes as written', { timeout: 120_000 }, () => {
    const { lines, files } = parseScript(readFileSync(join(folder, name), 'utf8'))
    const cwd = mkdtempSync(join(tmpdir(), 'claviger-script-'))
    try {
      for (const [file, content] of files) {
        mkdirSync(dirname(join(cwd, file)), { recursive: true })
        writeFileSync(join(cwd, file), content)
      }
      let last: Run | undefined
      for (const line of lines) {
        const [, status = '0', command] = /^(?:!(\d) )?\$ (.*)$/.exec(line) ?? []
        if (command !== undefined) {
          last = run(command, cwd)
          expect(`${last.status}`, `${line}\n${last.stdout}${last.stderr}`).toBe(status)
          continue
        }
        const [, written, content = ''] = /^file (\S+) '(.*)'$/.exec(line) ?? []
        if (written !== undefined) {
          expect(readFileSync(join(cwd, written), 'utf8')).toContain(content)
          continue
        }
        const [, stream, words] = /^(stdout|stderr) (?:'(.*)'|empty)$/.exec(line) ?? []
        if (stream === undefined || last === undefined) throw new Error(`${name}: what is \`${line}\`?`)
        const shown = last[stream as 'stdout' | 'stderr']
        if (words === undefined) expect(shown).toBe('')
        else expect(shown).toContain(words)
      }
    } finally {
      rmSync(cwd, { recursive: true })
    }
  })
})
