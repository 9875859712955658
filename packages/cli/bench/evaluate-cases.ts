import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * How long `claviger policy eval` takes for 30,000 cases, in both forms of the file; the bar is 10 s. To be run by
 * hand: `node packages/cli/bench/evaluate-cases.ts [cases.json]`.
 */
const count = 30_000
const [source = resolve(import.meta.dirname, '../../../../shared/aws/authz-cases.json')] =
  process.argv.slice(2)
const cases: { id: string }[] = JSON.parse(readFileSync(source, 'utf8')).cases

/** Repeated as they are, their policies are parsed once; with other accounts in each, they are all different. */
const repeated = Array.from({ length: count }, (_, index) => ({
  ...cases[index % cases.length],
  id: `case-${index}`,
}))
const different = repeated.map((one, index) =>
  JSON.parse(JSON.stringify(one).replaceAll('111122223333', String(100_000_000_000 + index))),
)

const folder = mkdtempSync(join(tmpdir(), 'claviger-bench-'))
try {
  const forms: [name: string, text: string][] = [
    ['repeated policies, JSON Lines', repeated.map((one) => JSON.stringify(one)).join('\n')],
    ['repeated policies, one document', JSON.stringify({ cases: repeated }, null, 1)],
    ['different policies, JSON Lines', different.map((one) => JSON.stringify(one)).join('\n')],
    ['different policies, one document', JSON.stringify({ cases: different }, null, 1)],
  ]
  for (const [name, text] of forms) {
    const file = join(folder, 'cases')
    writeFileSync(file, text)
    const binary = resolve(import.meta.dirname, '../bin/claviger.js')
    const before = performance.now()
    const { stdout } = spawnSync(process.execPath, [binary, 'policy', 'eval', file, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    const seconds = ((performance.now() - before) / 1000).toFixed(1)
    const lines = stdout.trimEnd().split('\n').length
    const size = `${(text.length / 1e6).toFixed(0)} MB`
    process.stdout.write(`${name.padEnd(34)} ${size}  ${lines} lines  ${seconds} s\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
