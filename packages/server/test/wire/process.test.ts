import { once } from 'node:events'
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { verifyJournal } from '@claviger/server'
import { describe, expect, test } from 'vitest'
import { signRequest } from '../../src/sigv4/sign.ts'
import {
  emptyDirectory,
  notStarting,
  type Running,
  rootEnvironment,
  rootOf,
  running,
} from '../crash/process.ts'
import { bytes, clientSettings, KMS, keyPolicy, newKey, rootCredentials, textOf } from '../serving.ts'

/** What people do with the process itself. */

const slow = 60_000

/** A call whose head has arrived and whose body has not: under way, for as long as a test wants. */
async function callUnderWay(service: Running) {
  const { hostname, port, host } = new URL(service.url)
  const body = Buffer.from('{"NumberOfBytes":8}')
  const headers = signRequest(
    {
      method: 'POST',
      path: '/',
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'TrentService.GenerateRandom',
      },
      body,
    },
    { ...rootCredentials, region: 'us-east-1', service: 'kms', now: Date.now() },
  )
  const socket = connect(Number(port), hostname)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const length = `Content-Length: ${body.length}`
  socket.write(['POST / HTTP/1.1', ...lines, length, 'Expect: 100-continue', '', ''].join('\r\n'))
  const [go] = (await once(socket, 'data')) as [Buffer]
  expect(go.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  return {
    async finish(): Promise<string> {
      const answer = once(socket, 'data') as Promise<[Buffer]>
      socket.write(body)
      return (await answer)[0].toString()
    },
    hungUp: once(socket, 'close'),
  }
}

describe('the service is told to stop', () => {
  test('and answers the call that is under way, then ends with exit code 0', { timeout: slow }, async () => {
    const dataDir = await emptyDirectory()
    const service = await running({ dataDir })
    const call = await callUnderWay(service)
    service.kill('SIGTERM')
    await service.logged('stopping')

    const answer = await call.finish()
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/\r\nConnection: close\r\n/i)
    expect(answer).toMatch(/"Plaintext":"[A-Za-z0-9+/=]+"/)
    await call.hungUp
    expect(await service.ended).toMatchObject({ code: 0, signal: null })
    const requestId = /x-amzn-requestid: (\S+)/i.exec(answer)?.[1]
    expect(await readFile(join(dataDir, 'audit', 'journal-00000001.jsonl'), 'utf8')).toContain(
      String(requestId),
    )
    expect(await verifyJournal(join(dataDir, 'audit'))).toMatchObject({ tornBytes: 0 })
  })

  test('and takes no more calls while it waits for one', { timeout: slow }, async () => {
    const service = await running({ dataDir: await emptyDirectory() })
    const call = await callUnderWay(service)
    service.kill('SIGTERM')
    await service.logged('stopping')
    await expect(rootOf(service).kms.listKeys({})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await call.finish()
    await service.ended
  })

  test('and does not wait for clients who only keep a connection open', { timeout: slow }, async () => {
    const service = await running({ dataDir: await emptyDirectory() })
    await rootOf(service).kms.listKeys({})
    service.kill('SIGINT')
    expect(await service.ended).toMatchObject({ code: 0, signal: null })
  })
})

describe('one data directory', () => {
  test('is used by one process: a second is refused with a sentence and exit code 3', {
    timeout: slow,
  }, async () => {
    const dataDir = await emptyDirectory()
    const first = await running({ dataDir })
    expect(await notStarting({ dataDir })).toEqual({
      code: 3,
      signal: null,
      stderr: `claviger: another Claviger is already running on ${dataDir}; stop it first\n`,
    })
    expect((await rootOf(first).sts.getCallerIdentity({})).Account).toBe('111122223333')
    first.kill('SIGKILL')
    await first.ended
    await running({ dataDir })
  })

  test('cannot be a file', { timeout: slow }, async () => {
    const path = join(await emptyDirectory(), 'file')
    await writeFile(path, '')
    const { code, stderr } = await notStarting({ dataDir: path })
    expect(code).toBe(3)
    expect(stderr).toBe(`claviger: the data directory ${path} cannot be made (EEXIST)\n`)
  })
})

describe('the root key', () => {
  /** A data directory in which a key was made, and a ciphertext of it. */
  async function used(start: { flags?: string[]; environment?: Record<string, string> } = {}) {
    const dataDir = await emptyDirectory()
    const service = await running({ dataDir, ...start })
    const { kms } = rootOf(service)
    const { id } = await newKey({ kms })
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
    service.kill('SIGTERM')
    await service.ended
    const opens = async (again: Running) =>
      textOf((await rootOf(again).kms.decrypt({ CiphertextBlob })).Plaintext)
    return { dataDir, opens }
  }

  test('opens what was made under it, start after start', { timeout: slow }, async () => {
    const { dataDir, opens } = await used()
    expect((await stat(join(dataDir, 'root-key'))).mode & 0o777).toBe(0o600)
    for (let start = 0; start < 2; start += 1) {
      const service = await running({ dataDir })
      expect(await opens(service)).toBe('kept')
      service.kill('SIGTERM')
      await service.ended
    }
  })

  test('that is another one is refused at the start, with a sentence', { timeout: slow }, async () => {
    const { dataDir } = await used()
    const other = await used()
    await rename(join(other.dataDir, 'root-key'), join(dataDir, 'root-key'))
    const { code, stderr } = await notStarting({ dataDir })
    expect([code, stderr]).toEqual([
      3,
      `claviger: the root key file ${join(dataDir, 'root-key')} is not the root key of the keys stored here; start with the one they were made under\n`,
    ])
  })

  test('that is damaged, missing or readable by others is refused at the start', {
    timeout: slow,
  }, async () => {
    const { dataDir, opens } = await used()
    const path = join(dataDir, 'root-key')
    const text = await readFile(path, 'utf8')
    const sentences: string[] = []
    const attempt = async () => sentences.push((await notStarting({ dataDir })).stderr)

    await writeFile(
      path,
      text.replace(/[A-Z]/, (letter) => letter.toLowerCase()),
    )
    await attempt()
    await rename(path, join(dataDir, 'aside'))
    await attempt()
    await rename(join(dataDir, 'aside'), path)
    await writeFile(path, text)
    await chmod(path, 0o644)
    await attempt()
    expect(sentences).toEqual([
      `claviger: the root key file ${path} is damaged; restore it from your copy\n`,
      `claviger: the root key file ${path} is missing; put it back, since without it no stored key can be opened\n`,
      `claviger: the root key file ${path} can be read by others than its owner; chmod 600 it, and think about who has seen it\n`,
    ])

    await chmod(path, 0o600)
    expect(await opens(await running({ dataDir }))).toBe('kept')
  })

  test('can be a file kept elsewhere', { timeout: slow }, async () => {
    const elsewhere = await emptyDirectory()
    await mkdir(join(elsewhere, 'keys'))
    const flags = ['--root-key', `file:${join(elsewhere, 'keys', 'claviger.key')}`]
    const { dataDir, opens } = await used({ flags })
    expect(await opens(await running({ dataDir, flags }))).toBe('kept')
  })

  test('can be a passphrase, which opens what was made under it and no other does', {
    timeout: slow,
  }, async () => {
    const flags = ['--root-key', 'passphrase:']
    const environment = { ...rootEnvironment, CLAVIGER_ROOT_PASSPHRASE: 'correct horse battery staple' }
    const { dataDir, opens } = await used({ flags, environment })

    const wrong = { ...environment, CLAVIGER_ROOT_PASSPHRASE: 'correct horse battery stable' }
    expect(await notStarting({ dataDir, flags, environment: wrong })).toMatchObject({
      code: 3,
      stderr:
        'claviger: the root key from this passphrase is not the root key of the keys stored here; start with the one they were made under\n',
    })
    expect(await notStarting({ dataDir, flags })).toMatchObject({
      code: 3,
      stderr:
        'claviger: the root key needs its passphrase: set CLAVIGER_ROOT_PASSPHRASE, or start in a terminal\n',
    })
    expect(await opens(await running({ dataDir, flags, environment }))).toBe('kept')
  })
})

describe('the first start', () => {
  test('writes the root credentials for AWS clients, readable by their owner alone', {
    timeout: slow,
  }, async () => {
    const dataDir = await emptyDirectory()
    const service = await running({ dataDir, environment: {} })
    const path = join(dataDir, 'credentials')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(service.said()).toContain(`export AWS_SHARED_CREDENTIALS_FILE=${path}\n`)
    expect(service.said()).toContain('export AWS_PROFILE=claviger\n')
    expect(service.said()).toContain(`export AWS_ENDPOINT_URL=${service.url}\n`)
    const form = /^\[(.*)\]\naws_access_key_id = (.*)\naws_secret_access_key = (.*)\nregion = us-east-1\n$/
    const [, profile, accessKeyId = '', secretAccessKey = ''] = form.exec(await readFile(path, 'utf8')) ?? []
    expect(profile).toBe('claviger')
    const { sts } = rootOf(service, { accessKeyId, secretAccessKey })
    expect((await sts.getCallerIdentity({})).Arn).toBe('arn:aws:iam::111122223333:root')
  })

  test('makes the account that was asked for', { timeout: slow }, async () => {
    const service = await running({
      dataDir: await emptyDirectory(),
      flags: ['--account-id', '999988887777'],
    })
    expect((await rootOf(service).sts.getCallerIdentity({})).Account).toBe('999988887777')
  })
})

describe('with a certificate', () => {
  test('calls are served over TLS, and policies can ask for it', { timeout: slow }, async () => {
    const own = (name: string) => join(import.meta.dirname, name)
    const flags = ['--tls-cert', own('localhost.crt'), '--tls-key', own('localhost.key')]
    const service = await running({ dataDir: await emptyDirectory(), flags })
    expect(service.url).toMatch(/^https:/)
    const kms = new KMS({
      ...clientSettings(service.url, rootCredentials, 'us-east-1'),
      requestHandler: { httpsAgent: new Agent({ ca: await readFile(own('localhost.crt')) }) },
    })
    const secure = { Bool: { 'aws:SecureTransport': 'true' } }
    const insecurely = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:Encrypt',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }
    const { id } = await newKey({ kms }, { Policy: keyPolicy(insecurely) })
    await kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const never = { ...insecurely, Condition: secure }
    await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy(never) })
    await expect(kms.encrypt({ KeyId: id, Plaintext: bytes('a') })).rejects.toThrow(
      'with an explicit deny in a resource-based policy',
    )
  })

  test('that is missing, damaged or has no key it does not start', { timeout: slow }, async () => {
    const dataDir = await emptyDirectory()
    expect((await notStarting({ dataDir, flags: ['--tls-cert', 'a.crt'] })).stderr).toBe(
      'claviger: --tls-cert and --tls-key must be set together\n',
    )
    const missing = await notStarting({
      dataDir,
      flags: ['--tls-cert', '/no/a.crt', '--tls-key', '/no/a.key'],
    })
    expect([missing.code, missing.stderr]).toEqual([3, 'claviger: /no/a.crt cannot be read (ENOENT)\n'])
    const junk = join(dataDir, 'junk')
    await writeFile(junk, 'junk')
    const damaged = await notStarting({ dataDir, flags: ['--tls-cert', junk, '--tls-key', junk] })
    expect([damaged.code, damaged.stderr]).toEqual([
      3,
      'claviger: the TLS certificate and key cannot be used; both must be PEM and belong together\n',
    ])
  })
})
