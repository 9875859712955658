import { spawnSync } from 'node:child_process'
import { chown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ExplainedDenial, WhyAnswer } from '../../src/control/why.ts'
import { askWhy } from '../../src/index.ts'
import { account, allow, bytes, keyPolicy, newKey, type Serving, serve, type User } from '../serving.ts'

/** From an error as an AWS client throws it to the reason, by its request id. */

let serving: Serving
let alice: User
let key: { id: string; arn: string }

beforeEach(async () => {
  serving = await serve()
  alice = await serving.user('alice', 'kms:DescribeKey')
  key = await newKey(serving.root)
})
afterEach(() => serving.close())

/** The request id of a call that is refused. */
async function refusedRequest(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('nothing was refused'),
    (thrown: Error & { $metadata?: { requestId?: string } }) => thrown,
  )
  const requestId = '$metadata' in error ? error.$metadata?.requestId : undefined
  if (requestId === undefined) throw error
  return requestId
}

const encryptAs = (who: User, more: object = {}) =>
  who.kms.encrypt({ KeyId: key.id, Plaintext: bytes('text'), ...more })
const why = (requestId: string) => askWhy(serving.dataDir, requestId)

function denialIn(answer: WhyAnswer): ExplainedDenial {
  if (answer.kind !== 'denied') throw new Error(`the answer was ${answer.kind}`)
  return answer.denial
}

describe('a denial is explained by its request id', () => {
  test('who asked for what, when and from where; what was missing; what would help', async () => {
    const requestId = await refusedRequest(encryptAs(alice, { EncryptionContext: { AppName: 'App' } }))
    const denial = denialIn(await why(requestId))
    expect(denial).toMatchObject({
      requestId,
      time: '2026-11-23T12:00:00.000Z',
      service: 'kms',
      operation: 'Encrypt',
      region: 'us-east-1',
      accessKeyId: alice.credentials.accessKeyId,
      sourceIp: '127.0.0.1',
      caller: alice.arn,
      action: 'kms:Encrypt',
      resource: key.arn,
      conditionKeys: { 'kms:encryptioncontext:appname': 'App', 'aws:username': 'alice' },
      explanation: { outcome: { decision: 'ImplicitDeny', layer: 'identity-policy' } },
    })
    expect(denial.userAgent).toContain('aws-sdk-js')
    expect(denial.explanation?.suggestions.length).toBeGreaterThan(0)
    expect(denial.policies.map(({ kind, name }) => [kind, name])).toEqual([
      ['key-policy', undefined],
      ['identity-policy', 'allowing'],
    ])
  })

  test('by the policies as they were, although they changed since, also after a restart', async () => {
    const statement = { Sid: 'NoAlice', Effect: 'Deny', Principal: { AWS: alice.arn }, Action: 'kms:Encrypt' }
    await serving.root.kms.putKeyPolicy({ KeyId: key.id, Policy: keyPolicy(statement) })
    const requestId = await refusedRequest(encryptAs(alice))
    const before = await why(requestId)
    await serving.root.kms.putKeyPolicy({ KeyId: key.id, Policy: keyPolicy() })
    await serving.root.iam.deleteUserPolicy({ UserName: 'alice', PolicyName: 'allowing' })
    await serving.restart()
    const denial = denialIn(await why(requestId))
    expect(denial.explanation?.outcome).toMatchObject({ decision: 'ExplicitDeny', layer: 'key-policy' })
    expect(denial.explanation?.outcome.because[0]?.sid).toBe('NoAlice')
    expect(denial.policies[0]?.text).toBe(keyPolicy(statement))
    expect({ kind: 'denied', denial }).toEqual(before)
  })

  test('with principals as they were bound then: a user of the same name is another one', async () => {
    const statement = { Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'kms:Encrypt' }
    await serving.root.kms.putKeyPolicy({ KeyId: key.id, Policy: keyPolicy(statement) })
    const [{ AccessKeyId } = {}] = [alice.credentials].map(({ accessKeyId: id }) => ({ AccessKeyId: id }))
    await serving.root.iam.deleteAccessKey({ UserName: 'alice', AccessKeyId: String(AccessKeyId) })
    await serving.root.iam.deleteUserPolicy({ UserName: 'alice', PolicyName: 'allowing' })
    await serving.root.iam.deleteUser({ UserName: 'alice' })
    const again = await serving.user('alice')
    const requestId = await refusedRequest(encryptAs(again))
    await serving.restart()
    const { explanation } = denialIn(await why(requestId))
    expect(explanation?.outcome.decision).toBe('ImplicitDeny')
    expect(JSON.stringify(explanation)).toContain('boundElsewhere')
  })

  test('whichever of several needs it was, and for IAM as well', async () => {
    const other = await newKey(serving.root)
    await serving.root.iam.putUserPolicy({
      UserName: 'alice',
      PolicyName: 'halfway',
      PolicyDocument: allow(['kms:ReEncryptFrom'], { on: '*' }),
    })
    const { CiphertextBlob } = await serving.root.kms.encrypt({ KeyId: key.id, Plaintext: bytes('text') })
    const reEncrypt = alice.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: other.id })
    const { operation, action, resource } = denialIn(await why(await refusedRequest(reEncrypt)))
    expect([operation, action, resource]).toEqual(['ReEncrypt', 'kms:ReEncryptTo', other.arn])

    const iamCall = await refusedRequest(alice.iam.createUser({ UserName: 'mallory' }))
    expect(denialIn(await why(iamCall))).toMatchObject({ service: 'iam', action: 'iam:CreateUser' })
  })

  test('for RetireGrant by who might have retired the grant', async () => {
    const bob = await serving.user('bob')
    const { GrantId } = await serving.root.kms.createGrant({
      KeyId: key.id,
      GranteePrincipal: bob.arn,
      RetiringPrincipal: bob.arn,
      Operations: ['Decrypt'],
    })
    const requestId = await refusedRequest(alice.kms.retireGrant({ KeyId: key.arn, GrantId }))
    const { retirement, explanation } = denialIn(await why(requestId))
    expect(explanation).toBeUndefined()
    expect(retirement).toMatchObject({
      grantId: GrantId,
      retiringPrincipal: bob.arn,
      issuingAccount: account,
    })
    expect(retirement).not.toHaveProperty('grantee')
  })

  test('as long as it is among the last that are kept, and the oldest go first', async () => {
    const { KeptDenials } = await import('../../src/access/kept-denials.ts')
    const kept = new KeptDenials({
      catalog: serving.claviger.catalog,
      most: 3,
      onProblem: (cause) => {
        throw cause
      },
    })
    const question = await someQuestion()
    for (const [index, requestId] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      kept.keep({
        ...question,
        call: { ...question.call, requestId, now: serving.clock.now() + index },
      })
      if (index === 2) await kept.settle()
    }
    await kept.settle()
    const found = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((requestId) => kept.find(requestId)))
    expect(found.map((record) => record?.requestId)).toEqual([undefined, undefined, 'c', 'd', 'e'])
    expect(await serving.claviger.catalog.store.count('denial', { prefix: [] })).toBe(3)
  })

  test('unless its caller brought policies of his own, which keeps no other denial from being kept', async () => {
    const { KeptDenials } = await import('../../src/access/kept-denials.ts')
    const problems: unknown[] = []
    const { catalog } = serving.claviger
    const kept = new KeptDenials({ catalog, onProblem: (cause) => problems.push(cause) })
    const denial = await someQuestion()
    const { question, call } = denial
    const { form } = question.authority.identityPolicies[0] ?? {}
    if (form === undefined) throw new Error('alice has a policy')
    const strange = { name: 'strange', form: { policy: form.policy, decide: form.decide } }
    const authority = { ...question.authority, identityPolicies: [strange] }
    kept.keep({ ...denial, question: { ...question, authority }, call: { ...call, requestId: 'strange' } })
    kept.keep({ ...denial, call: { ...call, requestId: 'plain' } })
    await kept.settle()
    expect(await kept.find('strange')).toBeUndefined()
    expect((await kept.find('plain'))?.requestId).toBe('plain')
    expect(problems).toHaveLength(1)
  })

  /** A denial as the pipeline hands it over. */
  async function someQuestion() {
    const { questionOf } = await import('../../src/access/question.ts')
    const holder = await serving.claviger.catalog.principals.holder(alice.credentials.accessKeyId)
    const entry = await serving.claviger.catalog.key(key.arn)
    if (holder === undefined || entry === undefined) throw new Error('alice and the key are there')
    const call = {
      caller: holder.caller,
      service: 'kms' as const,
      region: 'us-east-1',
      now: serving.clock.now(),
      requestId: 'request',
      connection: { sourceIp: '192.0.2.7', userAgent: '', host: '' },
    }
    const need = {
      action: 'kms:Encrypt',
      resource: key.arn,
      key: entry,
      named: 'by-caller' as const,
      facts: {},
    }
    const question = await questionOf(need, call, serving.claviger.catalog)
    return { call, operation: 'Encrypt', question, view: 'own-account' as const }
  }
})

describe('what was no denial has an answer of its own', () => {
  test('a call that was allowed', async () => {
    const { $metadata } = await alice.kms.describeKey({ KeyId: key.id })
    expect(await why(String($metadata.requestId))).toMatchObject({
      kind: 'allowed',
      record: { eventName: 'DescribeKey', requestID: $metadata.requestId },
    })
  })

  test('a call that failed for another reason, before and after a restart', async () => {
    const missing = serving.root.kms.describeKey({ KeyId: '00000000-0000-0000-0000-000000000000' })
    const requestId = await refusedRequest(missing)
    expect(await why(requestId)).toMatchObject({
      kind: 'failed',
      record: { errorCode: 'NotFoundException' },
    })
    await serving.restart()
    expect(await why(requestId)).toMatchObject({ kind: 'failed' })
  })

  test('a key of another account that is not here, of which the caller learns nothing', async () => {
    const KeyId = 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-0000-0000-000000000000'
    const requestId = await refusedRequest(alice.kms.describeKey({ KeyId }))
    expect(await why(requestId)).toMatchObject({ kind: 'not-there' })
  })

  test('a denial that is not kept any more', async () => {
    const requestId = await refusedRequest(encryptAs(alice))
    // The restart writes it; it is then forgotten as if ten thousand others had come since.
    await serving.restart()
    await serving.claviger.catalog.commit([{ remove: 'denial', key: [requestId] }])
    expect(await why(requestId)).toMatchObject({
      kind: 'not-kept',
      record: { errorCode: 'AccessDenied', additionalEventData: { decision: { outcome: 'ImplicitDeny' } } },
    })
  })

  test.each([
    '00000000-0000-0000-0000-000000000000',
    '"requestID":"',
    'x'.repeat(1000),
    '',
  ])('an id that nobody had: %s', async (requestId) => {
    expect(await why(requestId)).toEqual({ kind: 'unknown' })
  })
})

describe('the control socket', () => {
  const socketPath = () => join(serving.dataDir, 'control.sock')

  /** Writes something and reads one line. */
  function converse(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(socketPath(), () => socket.write(text))
      socket.setEncoding('utf8')
      socket.on('data', (line: string) => {
        resolve(line.trim())
        socket.destroy()
      })
      socket.on('error', reject)
      socket.on('close', () => resolve('closed'))
    })
  }

  test("is its owner's alone, and nothing else is left beside it", async () => {
    const { mode } = await stat(socketPath())
    expect(mode & 0o777).toBe(0o600)
    expect((await readdir(serving.dataDir)).filter((name) => name.startsWith('c-'))).toEqual([])
  })

  test('answers what is no question with what is wrong', async () => {
    expect(await converse('nonsense\n')).toBe('{"error":"the question is not JSON"}')
    expect(await converse('[]\n')).toBe('{"error":"the question is not an object"}')
    expect(await converse('{"ask":"toString"}\n')).toBe('{"error":"there is no question `toString`"}')
    expect(await converse('x'.repeat(5000))).toBe('closed')
  })

  test('answers several questions in their order', async () => {
    const requestId = await refusedRequest(encryptAs(alice))
    const ask = (id: string) => JSON.stringify({ ask: 'why', requestId: id })
    const lines = await new Promise<string[]>((resolve, reject) => {
      let read = ''
      const socket = createConnection(socketPath(), () =>
        socket.write(`${ask('nobody')}\n${ask(requestId)}\n`),
      )
      socket.setEncoding('utf8')
      socket.on('data', (text: string) => {
        read += text
        const complete = read.split('\n')
        if (complete.length < 3) return
        resolve(complete.slice(0, 2))
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(lines.map((line) => JSON.parse(line).answer.kind)).toEqual(['unknown', 'denied'])
  })

  test('goes when the service goes, and a stale one is replaced', async () => {
    await serving.claviger.close()
    await expect(stat(socketPath())).rejects.toThrow('ENOENT')
    await expect(why('anything')).rejects.toThrow(`no service is running on ${serving.dataDir}`)
    await leaveStaleSocket(socketPath())
    await expect(why('anything')).rejects.toThrow('no service is running')
    await serving.restart()
    expect(await why('anything')).toEqual({ kind: 'unknown' })
  })

  /** What a process leaves that was killed: a name that nobody answers to. */
  async function leaveStaleSocket(path: string): Promise<void> {
    const program = `
      const server = require('node:net').createServer()
      server.listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', program])
    expect((await stat(path)).isSocket()).toBe(true)
  }

  test('is done without where the path is too long for one, with a sentence for who asks', async () => {
    const long = join(tmpdir(), `claviger-${'long-'.repeat(24)}`)
    await mkdir(long, { recursive: true })
    const deep = await serve({ 'data-dir': long })
    try {
      await expect(askWhy(long, 'anything')).rejects.toThrow(/control\.sock is longer than the \d+ bytes/)
      expect((await deep.root.kms.listKeys({})).Keys).toEqual([])
    } finally {
      await deep.close()
      await rm(long, { recursive: true, force: true })
    }
  })
})

describe('claviger why', () => {
  const binary = join(import.meta.dirname, '../../../cli/bin/claviger.js')

  /** In a process of its own, as an operator runs it; the service answers from this one meanwhile. */
  async function claviger(...words: string[]) {
    const { spawn } = await import('node:child_process')
    const child = spawn(process.execPath, [binary, 'why', ...words], {
      env: { PATH: process.env.PATH, NO_COLOR: '1', CLAVIGER_DATA_DIR: serving.dataDir },
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (text) => {
      output.stdout += text
    })
    child.stderr.on('data', (text) => {
      output.stderr += text
    })
    const status = await new Promise((resolve) => child.on('close', resolve))
    return { status, ...output }
  }

  test('prints the tree', async () => {
    const requestId = await refusedRequest(encryptAs(alice))
    const { status, stdout } = await claviger(requestId)
    expect(status).toBe(0)
    expect(stdout).toContain('Encrypt was denied\n  when        2026-11-23T12:00:00.000Z\n')
    expect(stdout).toContain('denied: no identity policy allows this')
    expect(stdout).toContain('what would help')
    expect(stdout).not.toContain('every layer')
    const full = await claviger(requestId, '--full')
    expect(full.stdout).toContain('every layer')
  })

  test('prints data for those who ask for it', async () => {
    const requestId = await refusedRequest(encryptAs(alice))
    const { stdout } = await claviger(requestId, '--json')
    expect(JSON.parse(stdout)).toEqual(await why(requestId))
  })

  test('has a sentence for whatever was no denial, and ends with 1', async () => {
    const { $metadata } = await alice.kms.describeKey({ KeyId: key.id })
    const allowed = await claviger(String($metadata.requestId))
    expect(allowed).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('DescribeKey at 2026-11-23T12:00:00Z was allowed'),
    })
    const missing = serving.root.kms.describeKey({ KeyId: 'alias/nothing' })
    const failed = await claviger(await refusedRequest(missing))
    expect(failed.stderr).toContain('was not denied: it failed with NotFoundException: Alias')
    const unknown = await claviger('nobody')
    expect(unknown.stderr).toContain('no call with the request id nobody is known')
    expect(unknown.stderr).toContain('hint:')
  })

  test('says so where no service runs, and ends with 3', async () => {
    const empty = join(serving.dataDir, 'empty')
    await mkdir(empty)
    const { status, stderr } = await claviger('anything', '--data-dir', empty)
    expect(status).toBe(3)
    expect(stderr).toContain(`no service is running on ${empty}`)
    expect(stderr).toContain('hint: `claviger serve')
    const file = join(serving.dataDir, 'file')
    await writeFile(file, '')
    expect((await claviger('anything', '--data-dir', file)).status).toBe(3)
  })
})

test('a socket that another program listens on is nobody to ask about denials', async () => {
  const path = join(serving.dataDir, 'else')
  await mkdir(path)
  const server = createServer((socket) => socket.resume().end())
  await new Promise<void>((resolve) => server.listen(join(path, 'control.sock'), resolve))
  await expect(askWhy(path, 'anything')).rejects.toThrow('cannot be asked: it ended before it answered')
  await new Promise((resolve) => server.close(resolve))
})

// Only root gives files away, and only root can be asked to trust another user's socket in the first place.
test.skipIf(process.getuid?.() !== 0)(
  'a directory or socket of another user is not asked anything',
  async () => {
    const requestId = await refusedRequest(encryptAs(alice))
    for (const path of [serving.dataDir, join(serving.dataDir, 'control.sock')]) {
      const { uid, gid } = await stat(path)
      await chown(path, 4321, gid)
      await expect(why(requestId)).rejects.toThrow(
        `${path} belongs to the user with id 4321; ask it as that user`,
      )
      await chown(path, uid, gid)
    }
    expect((await why(requestId)).kind).toBe('denied')
  },
)
