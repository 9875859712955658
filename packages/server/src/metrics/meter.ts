import { type Decision, type Layer, layers } from '@claviger/policy'
import { monotonicMs } from '../base/elapsed.ts'
import type { ServiceName } from '../protocol/services.ts'
import { type Histogram, newHistogram, observe, secondsBounds } from './histogram.ts'

/** An operation as it is counted. */
export interface CountedOperation {
  readonly service: ServiceName
  readonly name: string
}

/** What calls of one operation have come to. */
export interface OperationCounts extends CountedOperation {
  readonly ok: number
  /** By the code that the caller was refused with. */
  readonly refused: ReadonlyMap<string, number>
  readonly durations: Histogram
}

/** How often a layer decided in each way. */
export interface LayerCounts extends Readonly<Record<Decision, number>> {
  readonly layer: Layer
}

/** Operations that are no row of ours, and requests that were refused before they had one. */
const other = 'other'
const none = 'none'

/**
 * What there is to count of calls: plain numbers, put up by one as things happen and read when somebody asks. It must
 * cost next to nothing, so names are looked up and never made; what can stand in a name is a closed set.
 */
export class Meter {
  readonly #operations = new Map<ServiceName, Map<string, OperationMeter>>()
  readonly #decisions = new Map<Layer, Record<Decision, number>>()
  readonly #byState = new Map<string, number>()
  readonly #unread = new Map<string, number>()
  #inFlight = 0
  #requestBytes = 0
  #responseBytes = 0

  /** @param operations all that are told apart; calls of others count together */
  constructor(operations: Iterable<CountedOperation>) {
    for (const layer of layers) this.#decisions.set(layer, { Allow: 0, ExplicitDeny: 0, ImplicitDeny: 0 })
    for (const { service, name } of operations) this.#add(service, name)
  }

  #add(service: ServiceName, name: string): OperationMeter {
    let ofService = this.#operations.get(service)
    if (ofService === undefined) {
      ofService = new Map()
      this.#operations.set(service, ofService)
    }
    const made = new OperationMeter({ service, name })
    ofService.set(name, made)
    return made
  }

  /** A request has come. @returns when, for its end */
  begun(requestBytes: number): number {
    this.#inFlight += 1
    this.#requestBytes += requestBytes
    return monotonicMs()
  }

  /** What counts an operation of a service; without a name, requests that were refused before they had one. */
  of(service: ServiceName, name: string = none): OperationMeter {
    const ofService = this.#operations.get(service)
    return ofService?.get(name) ?? this.#further(service, name)
  }

  #further(service: ServiceName, name: string): OperationMeter {
    const shared = name === none ? none : other
    return this.#operations.get(service)?.get(shared) ?? this.#add(service, shared)
  }

  /** Its answer is ready to be sent. */
  ended(responseBytes: number): void {
    this.#inFlight -= 1
    this.#responseBytes += responseBytes
  }

  /** An access request has been decided. */
  decided({ layer, decision }: { readonly layer: Layer; readonly decision: Decision }): void {
    const counts = this.#decisions.get(layer)
    if (counts !== undefined) counts[decision] += 1
  }

  /** A call was refused because of the state that a key is in. */
  refusedByState(state: string): void {
    this.#byState.set(state, (this.#byState.get(state) ?? 0) + 1)
  }

  /** Something came that never became a request. */
  unread(reason: string): void {
    this.#unread.set(reason, (this.#unread.get(reason) ?? 0) + 1)
  }

  /** Of every operation that was called. */
  operations(): readonly OperationCounts[] {
    const all = [...this.#operations.values()].flatMap((ofService) => [...ofService.values()])
    return all.filter((counts) => counts.ok > 0 || counts.refused.size > 0)
  }

  decisions(): readonly LayerCounts[] {
    return [...this.#decisions].map(([layer, counts]) => ({ layer, ...counts }))
  }

  refusalsByState(): ReadonlyMap<string, number> {
    return this.#byState
  }

  unreadByReason(): ReadonlyMap<string, number> {
    return this.#unread
  }

  traffic(): { readonly inFlight: number; readonly requestBytes: number; readonly responseBytes: number } {
    return {
      inFlight: this.#inFlight,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
    }
  }
}

/** Counts the calls of one operation; got once per call, so that nothing is looked up by more than its name. */
export class OperationMeter implements OperationCounts {
  readonly service: ServiceName
  readonly name: string
  readonly refused = new Map<string, number>()
  readonly durations = newHistogram(secondsBounds)
  ok = 0

  constructor({ service, name }: CountedOperation) {
    this.service = service
    this.name = name
  }

  /** @param begun what `Meter.begun` gave @param code that of the refusal; absent where it went well */
  answered(begun: number, code?: string): void {
    if (code === undefined) this.ok += 1
    else this.refused.set(code, (this.refused.get(code) ?? 0) + 1)
    observe(this.durations, (monotonicMs() - begun) / 1000)
  }
}
