import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { type Logger, pino } from 'pino'
import { KeptDenials } from './access/kept-denials.ts'
import { readThread } from './admin/readings.ts'
import { systemChance } from './base/chance.ts'
import { sharedClock, systemClock } from './base/clock.ts'
import { invariant } from './base/invariant.ts'
import { Catalog } from './catalog/catalog.ts'
import { shareWith } from './crypto/thread-share.ts'
import { presentedRequests } from './http/presented-requests.ts'
import { SharedSignatures } from './http/shared-signatures.ts'
import { CodeGuesses, SharedGuesses } from './identity/code-guesses.ts'
import type { ThreadReadings } from './metrics/thread-readings.ts'
import { openInstruments, ownThread } from './observing.ts'
import type { Parts } from './operations/parts.ts'
import { openOutside } from './outside.ts'
import { SharedBuckets } from './quotas/buckets.ts'
import { Safe } from './root-key/safe.ts'
import { serve } from './serve.ts'
import { createService } from './service.ts'
import { openSqliteReader } from './storage/sqlite/open-sqlite-store.ts'
import type { DescribedEndpoint } from './vpc-endpoints/endpoint-file.ts'
import { IdentityTokens } from './web-identity/identity-tokens.ts'
import { Commits } from './workers/commits.ts'
import { Line } from './workers/line.ts'
import type { Beginning, Listening, OwnerAnswers, WorkerAnswers } from './workers/messages.ts'
import { RemoteLedger } from './workers/remote-ledger.ts'
import { RemoteUses } from './workers/remote-uses.ts'
import { tablesIn } from './workers/shared-memory.ts'

/**
 * A thread that serves: a listener, the endpoint, the service and a catalog of its own over its own connection to the
 * store, which it only reads. What there must be one of is the owner's, in `main.ts`; docs/decisions/0010 says which
 * is what.
 */

invariant(parentPort !== null, 'a worker is a thread of its own')

/** There from before the first request: what is told meanwhile is not missed. */
let catalog: Catalog | undefined

interface Begun {
  readonly denials: KeptDenials
  read(): ThreadReadings
  close(): Promise<void>
}

let begun: Begun | undefined

const answers: WorkerAnswers = {
  async begin(beginning) {
    const { listening, ...parts } = await begin(beginning)
    begun = parts
    return listening
  },
  forget: (touched) => catalog?.forget(touched),
  settleDenials: async () => begun?.denials.settle(),
  read() {
    invariant(begun !== undefined, 'a worker is read when it serves')
    return begun.read()
  },
  close: async () => begun?.close(),
}

// What goes wrong outside of any call ends this thread, and the owner starts another.
const owner = new Line<OwnerAnswers>(parentPort, answers, (bug) => {
  throw bug
})

async function begin(beginning: Beginning): Promise<Begun & { readonly listening: Listening }> {
  const { memory, thread, workers, settings, rememberedSince: since, trackedSince } = beginning
  shareWith(workers)
  const clock = memory.clock === undefined ? systemClock : sharedClock(memory.clock)
  const chance = systemChance()
  const log = ownersLog(beginning)
  const tables = tablesIn(memory, thread)
  const outside = openOutside(beginning.files, clock, new SharedBuckets(tables.buckets))
  const { tls, limits, rates, attestationRoots, proxies } = outside
  const store = await openSqliteReader(join(settings.dataDir, 'claviger.db'))
  const safe = Safe.takeOver(beginning.rootKey, chance)
  const own = new Catalog(store, safe, { lastUses: new RemoteUses(owner) })
  catalog = own
  const commits = new Commits(memory.commits)
  const catchUp = () => {
    if (commits.hasMore()) owner.takeAll()
  }
  const denials = new KeptDenials({
    catalog: own,
    rows: { write: (rows) => owner.ask('writeDenials', rows) },
    onProblem: (err) => log.warn({ err }, 'denials could not be kept for `claviger why`'),
  })
  const parts: Parts = {
    catalog: own,
    lastUsages: { trackedSince, find: (key) => owner.ask('findKeyLastUsage', key) },
    trail: { find: (query) => owner.ask('findEvents', query), close: async () => undefined },
    safe,
    chance,
    limits,
    attestationRoots,
    regions: settings.regions,
    proxies,
    presented: presentedRequests({ catalog: own, safe, since }, new SharedSignatures(tables.signatures)),
    codeGuesses: new CodeGuesses(new SharedGuesses(tables.guesses)),
    identityTokens: new IdentityTokens(),
  }
  const instruments = await openInstruments(settings, clock, log)
  const { meter } = instruments
  const service = createService({ parts, ledger: new RemoteLedger(owner, catchUp), denials, meter, rates })
  const serving = {
    ...{ service, catalog: own, safe, clock, chance, log, tls, watching: instruments },
    ...{ beforeEach: catchUp, isShared: true },
  }
  const listener = await serve(settings, { ...serving, endpoints: outside.endpoints.map(atPort(beginning)) })
  const { url, endpointUrls } = listener
  return {
    denials,
    listening: { url, endpointUrls },
    read: () => readThread({ ...ownThread(meter, own), connections: listener.connections }),
    async close() {
      await listener.close()
      await denials.settle()
      await instruments.close()
      proxies.close()
      await store.close()
    },
  }
}

/** Where an endpoint listens: at the port another worker has found, where it may be any. */
function atPort({ endpointPorts }: Beginning): (described: DescribedEndpoint) => DescribedEndpoint {
  return (described) => {
    const port = endpointPorts.get(described.id)
    if (described.listen === undefined || port === undefined) return described
    return { ...described, listen: { ...described.listen, port } }
  }
}

/** A log whose lines the owner writes. */
function ownersLog({ logLevel: level }: Beginning): Logger {
  return pino({ level, base: null }, { write: (line: string) => owner.tell('log', line) })
}
