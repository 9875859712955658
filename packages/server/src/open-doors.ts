import type { Logger } from 'pino'
import type { KeptDenials } from './access/kept-denials.ts'
import { CannotStart } from './base/cannot-start.ts'
import { openControlSocket } from './control/control-socket.ts'
import { answerQuestion, type Known } from './control/questions.ts'
import type { Crew, CrewGround } from './crew.ts'
import { credentialsFile } from './first-start.ts'
import { type Instruments, openAdmin, type Watched } from './observing.ts'
import { type Serving, serve } from './serve.ts'
import type { Settings } from './settings.ts'
import type { Workers } from './workers/workers.ts'

/** Everything inside that somebody outside comes to. */
interface Inside
  extends Omit<Watched, 'ledger'>,
    Omit<Serving, 'watching'>,
    Omit<CrewGround, 'lastUses'>,
    Pick<Known, 'journal'> {
  readonly crew: Crew
  readonly denials: KeptDenials
  readonly instruments: Instruments
  readonly managementAccount: string
  readonly dataDir: string
}

/** Where the service can be found from outside. */
export interface Doors {
  readonly url: string
  /** The threads that serve, where there are several; else the one that has started the service does. */
  readonly workers?: Workers
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
  const { crew } = inside
  opened.push(() => crew.close())
  const workers = await crew.serve({ ...inside, lastUses: inside.catalog.lastUses })
  const listener = workers ?? (await serve(settings, { ...inside, watching: instruments }))
  opened.push(() => listener.close())
  instruments.connections = () => listener.connections()
  instruments.threads = () => crew.readings()
  instruments.phase = 'serving'
  const { regions, rootAccessKeyId } = settings
  const { url, endpointUrls } = listener
  const credentials = rootAccessKeyId === undefined ? { credentialsFile: credentialsFile(dataDir) } : {}
  const registry = { ...inside, region: regions[0] ?? '' }
  const denials = { find: (requestId: string) => crew.findDenial(requestId, inside.denials) }
  opened.push(
    await openControl({ ...inside, denials, registry, whereabouts: { url, regions, ...credentials } }),
  )
  const others = workers === undefined ? {} : { workers }
  return {
    url,
    endpointUrls,
    ...others,
    ...(admin === undefined ? {} : { adminUrl: admin.url }),
    ...credentials,
  }
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
