import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Clock } from '../base/clock.ts'
import { monotonicMs } from '../base/elapsed.ts'
import type { BeginSpan, CallEnd, CallSpan, CallStep } from '../metrics/call-span.ts'

/** Where traces go, and how many. */
export interface TracingSettings {
  /** Of a collector that speaks OTLP over HTTP, without `/v1/traces`: as `OTEL_EXPORTER_OTLP_ENDPOINT` has it. */
  readonly endpoint: string
  /** The share of calls that are traced, from 0 to 1, where the caller's own trace does not say. */
  readonly share: number
  readonly version: string
  readonly clock: Clock
  /** Told, once a minute at most, that spans could not be sent. */
  readonly onProblem: (cause: unknown) => void
}

export interface Tracing {
  readonly beginSpan: BeginSpan
  /** Sends what is left, for a moment at most: a collector that is away must not keep the service from ending. */
  close(): Promise<void>
}

/** Spans that wait to be sent; beyond them they are dropped, and nothing is slower for it. */
const waitingMost = 8192

const closingMs = 3000

/**
 * Opens tracing. The only file that knows OpenTelemetry, and loaded only where it is wanted. Nothing but the place
 * for complaints is registered globally: what is traced is our calls, and nothing that some library thinks of.
 */
export function openTracing({ endpoint, share, version, clock, onProblem }: TracingSettings): Tracing {
  const tell = seldom(onProblem)
  setGlobalErrorHandler(tell)
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const named = resourceFromAttributes({ 'service.name': 'claviger', 'service.version': version })
  const provider = new TracerProvider({
    // What the environment says (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) wins.
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), maxQueueSize: waitingMost }),
    ],
  })
  const tracer = provider.getTracer('claviger', version)
  return {
    beginSpan: (fields) => new TracedCall(tracer, fields, clock.now()),
    async close() {
      const { promise: tooLong, reject } = Promise.withResolvers<never>()
      const timer = setTimeout(() => reject(new Error(`not within ${closingMs} ms`)), closingMs)
      await Promise.race([provider.shutdown(), tooLong]).catch(tell)
      clearTimeout(timer)
    },
  }
}

/** Passes on the first in every minute. */
function seldom(tell: (cause: unknown) => void): (cause: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (cause) => {
    const at = monotonicMs()
    if (at - toldAt < 60_000) return
    toldAt = at
    tell(cause)
  }
}

const propagator = new W3CTraceContextPropagator()

/** Reads headers by their lower-case names, as the propagator asks for them. */
const getter = {
  keys: (fields: ReadonlyMap<string, string>) => [...fields.keys()],
  get: (fields: ReadonlyMap<string, string>, wanted: string) => fields.get(wanted),
}

/** The trace that a request says it is part of; where no signature is in its headers, none. */
function callersTrace(fields: ReadonlyMap<string, string>): Context {
  return fields.has('authorization') ? propagator.extract(ROOT_CONTEXT, fields, getter) : ROOT_CONTEXT
}

/**
 * Whose trace it is part of, and whether it is sampled, its caller says; and is asked only once a signature has shown who
 * that is. What strangers send is sampled by our share alone: nobody without credentials fills the queue.
 */
class TracedCall implements CallSpan {
  readonly #tracer: Tracer
  readonly #fields: ReadonlyMap<string, string>
  readonly #now: number
  /** What to add to monotonic time for the time of day, fixed at the call's beginning. */
  readonly #offset: number
  /** Absent until it is known who calls. */
  #span: Span | undefined
  #stepBegun: number

  constructor(tracer: Tracer, fields: ReadonlyMap<string, string>, now: number) {
    this.#tracer = tracer
    this.#fields = fields
    this.#now = now
    this.#stepBegun = monotonicMs()
    this.#offset = now - this.#stepBegun
  }

  did(step: CallStep): void {
    this.#span ??= this.#begin(callersTrace(this.#fields))
    if (!this.#span.isRecording()) return
    const begun = this.#stepBegun
    this.#stepBegun = monotonicMs()
    const within = trace.setSpan(ROOT_CONTEXT, this.#span)
    this.#tracer
      .startSpan(step, { startTime: begun + this.#offset }, within)
      .end(this.#stepBegun + this.#offset)
  }

  decided({ decision, layer }: Parameters<CallSpan['decided']>[0], keyArn: string | undefined): void {
    if (!this.#span?.isRecording()) return
    this.#span.setAttributes({
      'claviger.decision': decision,
      'claviger.layer': layer,
      ...(keyArn === undefined ? {} : { 'claviger.key_arn': keyArn }),
    })
  }

  end({ service, operation, requestId, code, isFault }: CallEnd): void {
    const span = this.#span ?? this.#begin(ROOT_CONTEXT)
    if (!span.isRecording()) return
    const attributes: Attributes = {
      'rpc.system': 'aws-api',
      'rpc.service': service,
      'aws.request_id': requestId,
      'claviger.outcome': code ?? 'ok',
    }
    if (operation !== undefined) attributes['rpc.method'] = operation
    if (code !== undefined) attributes['error.type'] = code
    span.setAttributes(attributes).updateName(operation === undefined ? service : `${service}/${operation}`)
    // A refusal is no error of ours: OpenTelemetry leaves a server's span unset for what its caller did wrong.
    if (isFault) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(monotonicMs() + this.#offset)
  }

  #begin(parent: Context): Span {
    return this.#tracer.startSpan('call', { kind: SpanKind.SERVER, startTime: this.#now }, parent)
  }
}
