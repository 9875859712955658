import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

/** What people install is what is packed: the three packages, from their tarballs, far away from the checkout. */

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')

/** Nothing of the checkout is found by accident: neither its programs nor its settings for Node. */
const environment = {
  PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  HOME: process.env.HOME ?? '',
}

let installed: string
beforeAll(async () => {
  installed = await mkdtemp(join(tmpdir(), 'claviger-installed-'))
  const tarballs = await mkdtemp(join(tmpdir(), 'claviger-packed-'))
  await run('npm', ['pack', '--workspaces', '--pack-destination', tarballs], { cwd: root })
  const names = await readdir(tarballs)
  expect(names).toHaveLength(3)
  await writeFile(join(installed, 'package.json'), '{ "private": true }')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...quiet, ...names.map((name) => join(tarballs, name))], {
    cwd: installed,
    env: { ...process.env, ...environment, PATH: process.env.PATH ?? environment.PATH },
  })
  await rm(tarballs, { recursive: true })
}, 180_000)
afterAll(() => rm(installed, { recursive: true, force: true }))

test('the policy engine decides, installed on its own', { timeout: 60_000 }, async () => {
  await writeFile(
    join(installed, 'decide.mjs'),
    `import { evaluate, noConditionKeys, parsePolicy } from '@claviger/policy'
const statement = { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' }
const text = JSON.stringify({ Version: '2012-10-17', Statement: statement })
const { policy } = parsePolicy(text, 'identity-policy')
const account = '111122223333'
const principal = { kind: 'user', account, name: 'alice', arn: \`arn:aws:iam::\${account}:user/alice\` }
for (const action of ['kms:Encrypt', 'kms:Decrypt'])
  console.log(evaluate(policy, { principal, action, resource: '*', conditionKeys: noConditionKeys }).decision)
`,
  )
  const { stdout } = await run(process.execPath, ['decide.mjs'], { cwd: installed, env: environment })
  expect(stdout).toBe('Allow\nImplicitDeny\n')
})

test('the command says its version', { timeout: 60_000 }, async () => {
  const { stdout } = await run('npx', ['--no-install', 'claviger', 'version'], {
    cwd: installed,
    env: environment,
  })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('the service starts and answers who is asking', { timeout: 60_000 }, async () => {
  const claviger = join(installed, 'node_modules/.bin/claviger')
  const service = spawn(claviger, ['serve', '--listen', '127.0.0.1:0'], { cwd: installed, env: environment })
  const ended = once(service, 'close')
  onTestFinished(async () => {
    service.kill('SIGKILL')
    await ended
  })
  const url = await new Promise<string>((found, failed) => {
    let said = ''
    service.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      const address = /AWS_ENDPOINT_URL=(\S+)\n/.exec(said)?.[1]
      if (address !== undefined) found(address)
    })
    let complained = ''
    service.stderr.on('data', (chunk: Buffer) => {
      complained += chunk
    })
    void ended.then(() => failed(new Error(`the service ended: ${complained}`)))
  })
  expect(await caller(url, join(installed, '.claviger', 'credentials'))).toBe(
    'arn:aws:iam::111122223333:root',
  )
  service.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

/** Asks as the root user, whose credentials the first start wrote. */
async function caller(endpoint: string, credentialsFile: string): Promise<string | undefined> {
  const [, accessKeyId = '', secretAccessKey = ''] =
    /aws_access_key_id = (.*)\naws_secret_access_key = (.*)\n/.exec(
      await readFile(credentialsFile, 'utf8'),
    ) ?? []
  const sts = new STS({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } })
  return (await sts.getCallerIdentity({})).Arn
}
