import type { KMS } from '@aws-sdk/client-kms'
import { readSettings } from '@claviger/server'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytes, newKey, refused, rootCredentials, type Serving, serve } from '../serving.ts'
import { type Collector, openCollector, type Span } from './collector.ts'

/** Headers that say which trace a call is part of. */
function traced(kms: KMS, headers: Readonly<Record<string, string>>): void {
  kms.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers)
      return next(args)
    },
    { step: 'build', name: 'traced', override: true },
  )
}

/** What a collector has of some calls once the service has ended, which sends what is left. */
async function spansOf(
  flags: Readonly<Record<string, string>>,
  deed: (serving: Serving) => Promise<void>,
): Promise<{ spans: readonly Span[]; collector: Collector }> {
  const collector = await openCollector()
  const serving = await serve({ 'traces-endpoint': collector.url, ...flags })
  await deed(serving)
  await serving.close()
  await collector.close()
  return { spans: collector.spans(), collector }
}

const named = (spans: readonly Span[], name: string) => spans.filter((span) => span.name === name)

describe('a call in a trace', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const secret = 'a plaintext that nobody else may read'
  let spans: readonly Span[]
  let collector: Collector
  let keyArn: string
  let requestId: string | undefined

  beforeAll(async () => {
    const result = await spansOf({}, async ({ root }) => {
      const { id, arn } = await newKey(root)
      keyArn = arn
      traced(root.kms, { traceparent })
      const encrypted = await root.kms.encrypt({
        KeyId: id,
        Plaintext: bytes(secret),
        EncryptionContext: { purpose: 'a context of somebody' },
      })
      requestId = encrypted.$metadata.requestId
      await refused(
        root.kms.decrypt({
          CiphertextBlob: encrypted.CiphertextBlob,
          EncryptionContext: { purpose: 'wrong' },
        }),
        'InvalidCiphertextException',
      )
    })
    spans = result.spans
    collector = result.collector
  })

  test('is one span of the service, named for its operation', () => {
    expect(named(spans, 'kms/Encrypt')).toMatchObject([
      {
        isError: false,
        attributes: {
          'rpc.system': 'aws-api',
          'rpc.service': 'kms',
          'rpc.method': 'Encrypt',
          'aws.request_id': requestId,
          'claviger.outcome': 'ok',
          'claviger.decision': 'Allow',
          'claviger.layer': 'key-policy',
          'claviger.key_arn': keyArn,
        },
      },
    ])
    expect(collector.resource()).toMatchObject({ 'service.name': 'claviger', 'service.version': '0.1.0' })
  })

  test('is part of the trace that its caller says', () => {
    expect(named(spans, 'kms/Encrypt')).toMatchObject([
      { traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' },
    ])
    const [created] = named(spans, 'kms/CreateKey')
    expect(created?.traceId).not.toBe('0af7651916cd43dd8448eb211c80319c')
    expect(created?.parentSpanId ?? '').toBe('')
  })

  test('shows its steps, one after the other, within its own time', () => {
    const [call] = named(spans, 'kms/Encrypt')
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === call?.spanId)
    expect(steps.map(({ name }) => name)).toEqual(['authenticate', 'decide', 'do', 'record'])
    for (const [index, step] of steps.entries()) {
      expect(step.begun).toBe(index === 0 ? call?.begun : steps[index - 1]?.ended)
      expect(step.ended).toBeGreaterThanOrEqual(step.begun)
    }
    expect(steps.at(-1)?.ended).toBeLessThanOrEqual(call?.ended ?? 0n)
  })

  test('that was refused says with which code, and is no error of the service', () => {
    expect(named(spans, 'kms/Decrypt')).toMatchObject([
      { isError: false, attributes: { 'claviger.outcome': 'InvalidCiphertextException' } },
    ])
  })

  test('tells nothing of what was sent or answered', () => {
    const text = collector.text()
    for (const hidden of [
      secret,
      Buffer.from(secret).toString('base64'),
      'a context of somebody',
      'purpose',
    ]) {
      expect(text).not.toContain(hidden)
    }
    for (const hidden of [rootCredentials.secretAccessKey, rootCredentials.accessKeyId]) {
      expect(text).not.toContain(hidden)
    }
  })
})

test('a call that was denied says which layer decided', async () => {
  const { spans } = await spansOf({}, async (serving) => {
    const alice = await serving.user('alice')
    await refused(alice.kms.listKeys({}), 'AccessDeniedException')
  })
  expect(named(spans, 'kms/ListKeys')).toMatchObject([
    {
      isError: false,
      attributes: {
        'error.type': 'AccessDeniedException',
        'claviger.decision': 'ImplicitDeny',
        'claviger.layer': 'identity-policy',
      },
    },
  ])
})

test('a caller who says that its trace is not sampled is not traced', async () => {
  const { spans } = await spansOf({}, async ({ root }) => {
    traced(root.kms, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' })
    await root.kms.listKeys({})
    await root.sts.getCallerIdentity({})
  })
  expect(spans.map(({ name }) => name)).not.toContain('kms/ListKeys')
  expect(spans.map(({ name }) => name)).toContain('sts/GetCallerIdentity')
})

test('with a share of 0 only calls are traced whose callers ask for it', async () => {
  const { spans } = await spansOf({ 'traces-share': '0' }, async ({ root }) => {
    await root.kms.listKeys({})
    traced(root.kms, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    await root.kms.listAliases({})
  })
  expect(spans.filter(({ name }) => name.startsWith('kms/')).map(({ name }) => name)).toEqual([
    'kms/ListAliases',
  ])
})

test('nobody is traced for the asking who has not shown who they are', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const ask = async ({ url, person }: Serving) => {
    const stranger = person('arn:aws:iam::111122223333:user/stranger', {
      accessKeyId: rootCredentials.accessKeyId,
      secretAccessKey: 'guessed',
    })
    traced(stranger.kms, { traceparent })
    await refused(stranger.kms.listKeys({}), 'InvalidSignatureException')
    const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'
    const headers = { traceparent, 'content-type': 'application/x-www-form-urlencoded' }
    await fetch(url, { method: 'POST', headers, body })
  }
  const sampled = await spansOf({}, ask)
  expect(named(sampled.spans, 'kms')).toMatchObject([
    { attributes: { 'claviger.outcome': 'InvalidSignatureException' } },
  ])
  for (const { traceId } of sampled.spans) expect(traceId).not.toBe(traceparent.split('-')[1])
  expect((await spansOf({ 'traces-share': '0' }, ask)).spans).toEqual([])
})

test('nonsense in traceparent is as good as none', async () => {
  const { spans } = await spansOf({}, async ({ root }) => {
    traced(root.kms, { traceparent: '00-zzzz-1-01' })
    await root.kms.listKeys({})
  })
  expect(named(spans, 'kms/ListKeys')).toHaveLength(1)
})

describe('where traces go', () => {
  const read = (
    environment: Readonly<Record<string, string>>,
    flags: Readonly<Record<string, string>> = {},
  ) => readSettings({ flags, environment, file: {} }).tracesEndpoint
  const common = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

  test('is what the environment says of every program, where nothing of ours is set', () => {
    expect(read({})).toBeUndefined()
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined()
    expect(read(common)).toBe('http://collector:4318')
    expect(read({ ...common, CLAVIGER_TRACES_ENDPOINT: 'http://other:4318' })).toBe('http://other:4318')
    expect(read(common, { 'traces-endpoint': 'https://third' })).toBe('https://third')
  })

  test('is refused where it is no URL, naming what said it', () => {
    expect(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT: `collector:4318` is not a URL, as in http://127.0.0.1:4318',
    )
    expect(() => read({ CLAVIGER_TRACES_SHARE: '2' })).toThrow('`2` is not a share from 0 to 1')
  })
})

describe('a collector that is away', () => {
  let serving: Serving
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => said.push(line) })
  beforeAll(async () => {
    serving = await serve({ 'traces-endpoint': 'http://me:hush@127.0.0.1:9' }, undefined, log)
  })
  afterAll(() => serving.close())

  test('keeps no call from being answered, and the service from ending for seconds at most', async () => {
    await serving.root.kms.listKeys({})
    const begun = performance.now()
    await serving.claviger.close()
    expect(performance.now() - begun).toBeLessThan(6000)
    await expect
      .poll(() => said.join(''), { timeout: 30_000 })
      .toContain('traces could not be sent to http://127.0.0.1:9')
    expect(said.join()).not.toContain('hush')
    await serving.restart()
  })
})
