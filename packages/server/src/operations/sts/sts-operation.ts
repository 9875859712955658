import type { StsOperations } from '../../protocol/models/sts.ts'
import type { Operation } from '../operation.ts'

/** An operation of STS by its name; what goes in and comes out follows from that. */
export type StsName = keyof StsOperations
export type StsInput<N extends StsName> = StsOperations[N]['input']
export type StsOutput<N extends StsName> = StsOperations[N]['output']

/** What is the same for all STS operations. */
export function declaredSts<N extends StsName>({
  name,
  summary,
  defaults,
}: {
  readonly name: N
  readonly summary: string
  readonly defaults?: Partial<StsInput<N>>
}) {
  return { service: 'sts', name, summary, defaults: defaults ?? {} } satisfies Partial<
    Operation<StsInput<N>, StsOutput<N>>
  >
}
