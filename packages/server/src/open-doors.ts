import type { Logger } from 'pino'
import { CannotStart } from './base/cannot-start.ts'
import type { Chance } from './base/chance.ts'
import type { Clock } from './base/clock.ts'
import type { Catalog } from './catalog/catalog.ts'
import { openControlSocket } from './control/control-socket.ts'
import { answerQuestion, type Known } from './control/questions.ts'
import { credentialsFile } from './first-start.ts'
import { createEndpoint, refuseEarly } from './http/endpoint.ts'
import { type Listener, listen } from './http/listener.ts'
import { unreadReply } from './http/unread.ts'
import type { Watching } from './metrics/call-watch.ts'
import { type Instruments, openAdmin, type Watched } from './observing.ts'
import type { Tls } from './outside.ts'
import type { Safe } from './root-key/safe.ts'
import type { Service } from './service.ts'
import type { Settings } from './settings.ts'
import type { DescribedEndpoint } from './vpc-endpoints/endpoint-file.ts'

/** Everything inside that somebody outside comes to. */
interface Inside extends Watched, Omit<Serving, 'watching'>, Pick<Known, 'denials' | 'journal'> {
  readonly ledger: Known['registry']['ledger']
  readonly instruments: Instruments
  readonly managementAccount: string
  readonly dataDir: string
}

/** Where the service can be found from outside. */
export interface Doors {
  readonly url: string
  /** Of VPC endpoints with addresses of their own, by their ids. */
  readonly endpointUrls: ReadonlyMap<string, string>
  /** Of metrics and health checks, where they are listened for. */
  readonly adminUrl?: string
  /** Where the root credentials were written for AWS clients; absent when they came from outside. */
  readonly credentialsFile?: string
}

/**
 * Opens what faces outwards, when everything inside stands. The platform's listener comes first and goes last: it sees
 * the callers' open and close.
 *
 * @param opened what to close again, the last first
 */
export async function openDoors(
  settings: Settings,
  inside: Inside,
  opened: (() => Promise<void> | void)[],
): Promise<Doors> {
  const { instruments, dataDir } = inside
  const admin = await openAdmin(settings, inside)
  opened.push(() => admin?.close())
  const listener = await serve(settings, { ...inside, watching: instruments })
  opened.push(() => listener.close())
  instruments.connections = () => listener.connections()
  instruments.phase = 'serving'
  const { regions, rootAccessKeyId } = settings
  const { url, endpointUrls } = listener
  const credentials = rootAccessKeyId === undefined ? { credentialsFile: credentialsFile(dataDir) } : {}
  const registry = { ...inside, region: regions[0] ?? '' }
  opened.push(await openControl({ ...inside, registry, whereabouts: { url, regions, ...credentials } }))
  return { url, endpointUrls, ...(admin === undefined ? {} : { adminUrl: admin.url }), ...credentials }
}

interface Serving {
  readonly clock: Clock
  readonly chance: Chance
  readonly service: Service
  readonly catalog: Catalog
  readonly safe: Safe
  readonly log: Logger
  readonly tls: Tls | undefined
  readonly endpoints: readonly DescribedEndpoint[]
  readonly watching: Watching
}

function serve(settings: Settings, { log, tls, endpoints, ...parts }: Serving): Promise<Listener> {
  const endpointParts = { ...parts, regions: settings.regions, log }
  return listen({
    listen: settings.listen,
    trustedProxies: settings.trustedProxies,
    endpoints: endpoints.map((described) => {
      const { id, vpcId, account, region = settings.regions[0] ?? '' } = described
      const policy = parts.catalog.policies.compile(described.policy, 'endpoint-policy')
      return { ...described, endpoint: { id, vpcId, account, region, policy } }
    }),
    ...(tls === undefined ? {} : { tls }),
    clock: parts.clock,
    connectionsMost: settings.maxConnections,
    answer: createEndpoint(endpointParts),
    refuseEarly: (head) => refuseEarly(head, endpointParts),
    unread(reason, head) {
      parts.watching.meter.unread(reason.replaceAll(' ', '_'))
      return unreadReply(reason, head, parts)
    },
    onOverload: (refused) =>
      log.warn({ refused }, 'more calls came than could be answered; some were refused'),
  })
}

/** Has the service answer whoever runs it. Without that it serves all the same. @returns what ends it */
async function openControl({
  dataDir,
  log,
  ...known
}: Known & { readonly dataDir: string; readonly log: Logger }): Promise<() => Promise<void>> {
  try {
    const control = await openControlSocket({
      dataDir,
      answer: (question) => answerQuestion(question, known),
      onBug: (err) => log.error({ err }, 'a question over the control socket failed'),
    })
    return () => control.close()
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error
    log.warn(`${error.message}; \`claviger why\` will find nobody to ask`)
    return async () => undefined
  }
}
