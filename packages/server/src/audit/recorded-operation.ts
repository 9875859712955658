import { type ServiceName, services } from '../protocol/services.ts'
import { recordedRows } from './models/cloudtrail.ts'
import { recorderOf } from './recorder.ts'

/** How one operation is recorded. */
export interface Recorded {
  readonly readOnly: boolean
  readonly parameters: (input: object) => object | null
  /** From the answer, and the ARN of the key it was about. */
  readonly elements: (output: object | undefined, keyArn: string | undefined) => object | null
}

const kmsRows = new Map(recordedRows.map((row) => [row[0], row]))
const compiled = new Map<string, Recorded>()

/** How an operation is recorded; worked out once. */
export function recordedOperation(service: ServiceName, operation: string): Recorded {
  const name = `${service}:${operation}`
  let recorded = compiled.get(name)
  if (recorded === undefined) {
    recorded = service === 'kms' ? kmsOperation(operation) : otherOperation(service, operation)
    compiled.set(name, recorded)
  }
  return recorded
}

function kmsOperation(operation: string): Recorded {
  const [, readOnly = false, parameters = null, elements = []] = kmsRows.get(operation) ?? []
  const { input, output } = shapesOf('kms', operation)
  const wanted = parameters === null ? undefined : new Set(parameters)
  const readInput = recorderOf(services.kms.model, input, wanted, parameterNames)
  const readOutput = recorderOf(services.kms.model, output, new Set(elements))
  return {
    readOnly,
    parameters: (value) => (wanted === undefined ? null : readInput(value)),
    elements(value, keyArn) {
      if (elements.length === 0) return null
      const read = value === undefined ? {} : readOutput(value)
      // Changes of a key are recorded with its ARN even where the answer is empty or has the bare id.
      return elements.includes('keyId') ? { ...read, keyId: keyArn } : read
    },
  }
}

/** What requestParameters call otherwise than the API does, as the Developer Guide's examples show. */
const parameterNames: ReadonlyMap<string, string> = new Map([['cloudHsmClusterId', 'clusterId']])

/** What gives out a session changes nothing, and is recorded with whom and what it was for. */
const issuing = /^(?:AssumeRole(?:WithWebIdentity)?|AssumeRoot|GetFederationToken|GetSessionToken)$/

/** Operations of IAM and STS are recorded whole but for secrets; what only reads, without its answer. */
function otherOperation(service: ServiceName, operation: string): Recorded {
  const readOnly = issuing.test(operation) || /^(?:Decode|Describe|Get|List|Simulate)/.test(operation)
  const { input, output } = shapesOf(service, operation)
  const { model } = services[service]
  const readInput = recorderOf(model, input)
  const readOutput = recorderOf(model, output)
  const orNull = (value: object) => (Object.keys(value).length === 0 ? null : value)
  return {
    readOnly,
    parameters: (value) => orNull(readInput(value)),
    elements: (value) =>
      (readOnly && !issuing.test(operation)) || value === undefined ? null : orNull(readOutput(value)),
  }
}

function shapesOf(service: ServiceName, operation: string) {
  const operations: Readonly<Record<string, { readonly input?: string; readonly output?: string }>> =
    services[service].model.operations
  return Object.hasOwn(operations, operation) ? (operations[operation] ?? {}) : {}
}
