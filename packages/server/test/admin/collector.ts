import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A collector of OpenTelemetry traces: what it was sent, over OTLP/HTTP in JSON. */
export interface Collector {
  readonly url: string
  /** Everything it was sent, as text. */
  text(): string
  /** The spans it was sent, in the order in which they came. */
  spans(): readonly Span[]
  resource(): Readonly<Record<string, unknown>>
  close(): Promise<void>
}

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly begun: bigint
  readonly ended: bigint
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

interface WireSpan extends Omit<Span, 'begun' | 'ended' | 'isError' | 'attributes'> {
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status?: { readonly code?: number }
  readonly attributes: readonly WireAttribute[]
}

interface WireAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

export async function openCollector(): Promise<Collector> {
  const sent: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (request.url === '/v1/traces') {
        sent.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString())
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const parts = () => sent.flatMap((text) => (JSON.parse(text) as Sent).resourceSpans)
  return {
    url: `http://127.0.0.1:${port}`,
    text: () => sent.join('\n'),
    spans: () => parts().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(spanOf))),
    resource: () => attributesOf(parts()[0]?.resource.attributes ?? []),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function spanOf({ startTimeUnixNano, endTimeUnixNano, status, attributes, ...span }: WireSpan): Span {
  return {
    ...span,
    begun: BigInt(startTimeUnixNano),
    ended: BigInt(endTimeUnixNano),
    isError: status?.code === 2,
    attributes: attributesOf(attributes),
  }
}

function attributesOf(attributes: readonly WireAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
