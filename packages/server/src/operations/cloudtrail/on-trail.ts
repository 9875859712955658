import type { Need } from '../../access/need.ts'
import type { CloudtrailOperations } from '../../protocol/models/cloudtrail.ts'
import type { Operation, Subject } from '../operation.ts'

type Name = keyof CloudtrailOperations & string
type Input<N extends Name> = CloudtrailOperations[N]['input']
type TrailOperation<N extends Name> = Operation<Input<N>, CloudtrailOperations[N]['output'], Subject>

interface OnTrail<N extends Name> extends Pick<TrailOperation<N>, 'summary' | 'handle'> {
  readonly name: N
  readonly check?: TrailOperation<N>['check']
  /** The trail that a permission may name; without it the operation is about all there is. */
  readonly resource?: (...asked: Parameters<TrailOperation<N>['needs']>) => string
}

/** An operation of CloudTrail: there is one trail, so nothing to find and nothing to require. */
export function onTrail<N extends Name>({ resource, ...own }: OnTrail<N>): TrailOperation<N> {
  return {
    service: 'cloudtrail',
    defaults: {},
    check: () => undefined,
    find: async () => ({ keys: [] }),
    needs: (...asked): readonly Need[] => [
      resource === undefined
        ? { action: `cloudtrail:${own.name}`, resource: '*', named: 'not-at-all', facts: {} }
        : { action: `cloudtrail:${own.name}`, resource: resource(...asked), named: 'by-caller', facts: {} },
    ],
    require: () => undefined,
    ...own,
  }
}
