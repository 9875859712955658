import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The tools that platforms read our files with, where they are installed: Debian's `prometheus` and `systemd`. */

const deploy = resolve(import.meta.dirname, '../../../../deploy')
const has = (tool: string) => spawnSync(tool, ['--version']).status === 0
const run = (tool: string, ...words: string[]) =>
  execFileSync(tool, words, { cwd: resolve(deploy, 'prometheus'), encoding: 'utf8' })

describe.skipIf(!has('promtool'))('promtool', () => {
  test('accepts the alert rules', () => {
    expect(run('promtool', 'check', 'rules', 'claviger-alerts.yml')).toContain('SUCCESS')
  })

  test('accepts the scrape configuration', () => {
    expect(run('promtool', 'check', 'config', 'scrape.yml')).toContain('SUCCESS')
  })

  test('finds that the rules fire when they should, and stop when they should', () => {
    expect(run('promtool', 'test', 'rules', 'claviger-alerts.test.yml')).toContain('SUCCESS')
  })
})

describe.skipIf(!has('systemd-analyze'))('systemd', () => {
  test('has nothing to say about the unit', () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', resolve(deploy, 'systemd/claviger.service')],
      { encoding: 'utf8' },
    )
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' })
  })
})
