import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Claviger, readSettings, start } from '@claviger/server'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandLine } from '../src/run-command-line.ts'

/** `claviger service …` with a service that runs. What it says without one is in `scripts/service.txt`. */

let dataDir: string
let claviger: Claviger
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'claviger-cli-'))
  const flags = { listen: '127.0.0.1:0', 'data-dir': dataDir, 'log-level': 'silent' }
  claviger = await start(readSettings({ flags, environment: {}, file: {} }), pino({ level: 'silent' }))
})
afterAll(async () => {
  await claviger.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** Types a command, and gives back how it ended and what it printed. */
async function type(...words: string[]): Promise<readonly [status: number, stdout: string, stderr: string]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const status = await runCommandLine(['service', ...words, '--data-dir', dataDir], {
    stdin: new PassThrough(),
    stdout,
    stderr,
    environment: {},
    stopped: new Promise(() => undefined),
  })
  const textOf = (stream: PassThrough) => String(stream.read() ?? '')
  return [status, textOf(stdout), textOf(stderr)]
}

test('a service is added, listed and removed', async () => {
  const name = 's3.us-east-1.amazonaws.com'
  expect(await type('list')).toEqual([0, '', expect.stringContaining('no service is registered')])

  const [status, added] = await type('add', name)
  expect([status, added]).toEqual([0, expect.stringMatching(/^s3.us-east-1.amazonaws.com signs with\n/)])
  const [, id = ''] = /access key id +(AKIA[A-Z2-7]{16})\n/.exec(added) ?? []
  expect(added).toMatch(/secret access key +\S{40}\n/)

  const [, second] = await type('add', name, '--json')
  expect(JSON.parse(second)).toMatchObject({ service: name, accessKeyId: expect.stringMatching(/^AKIA/) })
  expect(await type('add', name)).toEqual([1, '', expect.stringContaining('no service has more')])

  const [, listed] = await type('list')
  expect(listed).toMatch(new RegExp(`${name} +${id} +since .*, never used`))
  expect(await type('remove', name, '--access-key-id', id)).toEqual([0, `${id} of ${name} is removed\n`, ''])
  const [, left] = await type('list', '--json')
  expect(JSON.parse(left)).toHaveLength(1)
  expect((await type('remove', name))[0]).toBe(0)
  expect(await type('remove', name)).toEqual([1, '', expect.stringContaining(`there is no service ${name}`)])
})

test('a name that no service can have is refused with the reason', async () => {
  expect(await type('add', 's3.amazonaws.com')).toEqual([1, '', expect.stringContaining('says no Region')])
})
