import { asRefusal, Refusal } from '../protocol/errors.ts'
import { type ServiceName, serviceRow } from '../protocol/services.ts'
import type { BeginSpan, CallSpan } from './call-span.ts'
import type { Meter } from './meter.ts'

/** What watches calls: they are counted always, and traced where somebody asked for that. */
export interface Watching {
  readonly meter: Meter
  readonly beginSpan?: BeginSpan | undefined
}

/** A request as far as it is counted. */
interface Counted {
  readonly fields: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

/** An answer as far as it is counted. */
interface Answer {
  readonly requestId: string
  readonly body: string
}

/** One call as it is watched from the outside. */
export class CallWatch {
  readonly span: CallSpan | undefined
  /** Whom it is for, as soon as that is known. */
  service: ServiceName = 'kms'
  operation: string | undefined
  readonly #meter: Meter
  readonly #begun: number

  constructor({ meter, beginSpan }: Watching, { fields, body }: Counted) {
    this.#meter = meter
    this.#begun = meter.begun(body.length)
    this.span = beginSpan?.(fields)
  }

  /** It went well. @returns the answer as it is */
  answered<A extends Answer>(answer: A): A {
    this.#end(answer, undefined)
    return answer
  }

  /** It was refused, or failed. @returns the answer as it is */
  refused<A extends Answer>(answer: A, thrown: unknown): A {
    this.#end(answer, thrown instanceof Refusal ? thrown : asRefusal(thrown, serviceRow(this.service).bug))
    return answer
  }

  #end({ requestId, body }: Answer, refusal: Refusal | undefined): void {
    const { service, operation } = this
    const code = refusal?.code
    this.#meter.of(service, operation).answered(this.#begun, code)
    this.#meter.ended(Buffer.byteLength(body))
    this.span?.end({ service, operation, requestId, code, isFault: refusal?.row.fault === 'receiver' })
  }
}
