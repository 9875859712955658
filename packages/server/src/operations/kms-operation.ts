import type { Soon } from '../base/soon.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { KmsOperations } from '../protocol/models/kms.ts'
import type { Handling, Operation, Subject } from './operation.ts'

export type KmsName = keyof KmsOperations
export type KmsInput<N extends KmsName> = KmsOperations[N]['input']
export type KmsOutput<N extends KmsName> = KmsOperations[N]['output']

/** What a KMS operation's file says, whatever it works on; the types follow from the name. */
export interface KmsDeclaration<N extends KmsName, Found extends Subject> {
  readonly name: N
  readonly summary: string
  readonly defaults?: Partial<KmsInput<N>>
  readonly recorded?: (input: KmsInput<N>) => object
  readonly check?: (input: KmsInput<N>) => void
  readonly facts?: (input: KmsInput<N>) => RequestFacts
  readonly handle: (handling: Handling<KmsInput<N>, Found>) => Soon<KmsOutput<N>>
}

/** The parts of an operation that are as declared, with nothing to add for the common cases. */
export function declared<N extends KmsName, Found extends Subject>(declaration: KmsDeclaration<N, Found>) {
  const { name, summary, defaults, recorded, check, handle } = declaration
  return {
    service: 'kms',
    name,
    summary,
    defaults: defaults ?? {},
    ...(recorded === undefined ? {} : { recorded }),
    check: check ?? (() => undefined),
    handle,
  } satisfies Partial<Operation<KmsInput<N>, KmsOutput<N>, Found>>
}
