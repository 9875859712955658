import type { Logger } from 'pino'
import type { Chance } from './base/chance.ts'
import type { Clock } from './base/clock.ts'
import type { Catalog } from './catalog/catalog.ts'
import { createEndpoint, refuseEarly } from './http/endpoint.ts'
import { type Listener, listen } from './http/listener.ts'
import { unreadReply } from './http/unread.ts'
import type { Watching } from './metrics/call-watch.ts'
import type { Tls } from './outside.ts'
import type { Safe } from './root-key/safe.ts'
import type { Service } from './service.ts'
import type { Settings } from './settings.ts'
import type { DescribedEndpoint } from './vpc-endpoints/endpoint-file.ts'

/** What requests are answered with. */
export interface Serving {
  readonly service: Service
  readonly catalog: Catalog
  readonly safe: Safe
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Logger
  readonly tls: Tls | undefined
  readonly endpoints: readonly DescribedEndpoint[]
  readonly watching: Watching
  /** Done before each request is looked at: forgetting what has changed elsewhere. */
  readonly beforeEach?: () => void
  /** Whether other threads listen at the same addresses. */
  readonly isShared?: boolean
}

/** Has the service answer at the addresses that the settings say. @throws CannotStart when one cannot be had */
export function serve(settings: Settings, { log, tls, endpoints, ...serving }: Serving): Promise<Listener> {
  const { beforeEach = () => undefined, isShared = false, ...parts } = serving
  const endpointParts = { ...parts, regions: settings.regions, log }
  const answer = createEndpoint(endpointParts)
  return listen({
    listen: settings.listen,
    trustedProxies: settings.trustedProxies,
    isShared,
    endpoints: endpoints.map((described) => {
      const { id, vpcId, account, region = settings.regions[0] ?? '' } = described
      const policy = parts.catalog.policies.compile(described.policy, 'endpoint-policy')
      return { ...described, endpoint: { id, vpcId, account, region, policy } }
    }),
    ...(tls === undefined ? {} : { tls }),
    clock: parts.clock,
    connectionsMost: settings.maxConnections,
    sharers: isShared ? settings.workers : 1,
    answer(request) {
      beforeEach()
      return answer(request)
    },
    refuseEarly(head) {
      beforeEach()
      return refuseEarly(head, endpointParts)
    },
    unread(reason, head) {
      parts.watching.meter.unread(reason.replaceAll(' ', '_'))
      return unreadReply(reason, head, parts)
    },
    onOverload: (refused) =>
      log.warn({ refused }, 'more calls came than could be answered; some were refused'),
  })
}
