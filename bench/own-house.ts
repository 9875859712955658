import { randomBytes, randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { KeptDenials } from '../packages/server/src/access/kept-denials.ts'
import type { Journal } from '../packages/server/src/audit/journal.ts'
import { JournalLedger } from '../packages/server/src/audit/ledger.ts'
import { jsonOf } from '../packages/server/src/audit/record-text.ts'
import { systemChance } from '../packages/server/src/base/chance.ts'
import { type Clock, systemClock } from '../packages/server/src/base/clock.ts'
import { invariant } from '../packages/server/src/base/invariant.ts'
import { Catalog } from '../packages/server/src/catalog/catalog.ts'
import { Secret } from '../packages/server/src/crypto/secret.ts'
import { makeOrganization } from '../packages/server/src/first-organization.ts'
import { makeInstallation } from '../packages/server/src/first-start.ts'
import { createEndpoint } from '../packages/server/src/http/endpoint.ts'
import { presentedRequests } from '../packages/server/src/http/presented-requests.ts'
import type { WireReply, WireRequest } from '../packages/server/src/http/wire.ts'
import { CodeGuesses } from '../packages/server/src/identity/code-guesses.ts'
import { Meter } from '../packages/server/src/metrics/meter.ts'
import { operations } from '../packages/server/src/operations/index.ts'
import type { Parts } from '../packages/server/src/operations/parts.ts'
import type { ServiceName } from '../packages/server/src/protocol/services.ts'
import { Limits } from '../packages/server/src/quotas/limits.ts'
import { Safe } from '../packages/server/src/root-key/safe.ts'
import { createService, type Service } from '../packages/server/src/service.ts'
import { openSqliteStore } from '../packages/server/src/storage/sqlite/open-sqlite-store.ts'
import { IdentityTokens } from '../packages/server/src/web-identity/identity-tokens.ts'
import { XksProxies } from '../packages/server/src/xks/xks-proxies.ts'
import { type Credentials, region } from './signed-request.ts'

/** A whole service in this very process, without a network and without a disk: what is left is our own work. */
export interface OwnHouse {
  readonly catalog: Catalog
  readonly parts: Parts
  answer(request: WireRequest): Promise<WireReply>
  /** Does something as the root user, past the wire. */
  asRoot(service: ServiceName, operation: string, input: object): Promise<object>
}

/** The root user's. */
export const account = '111122223333'

/** A new service in memory, whose root user has these credentials. */
export async function openOwnHouse(rootCredentials: Credentials): Promise<OwnHouse> {
  const [clock, chance] = [systemClock, systemChance()]
  const store = await openSqliteStore(':memory:')
  const rootKey = new Secret(randomBytes(32))
  const safe = new Safe(rootKey, chance)
  const now = clock.now()
  const ground = { store, safe, rootKey, chance, now, accountId: account, dataDir: '', region }
  await makeInstallation({ ...ground, rootCredentials })
  await makeOrganization({ store, chance, managementAccount: account })
  const catalog = new Catalog(store, safe)
  const parts = partsOf({ catalog, safe, chance, clock })
  const denials = new KeptDenials({ catalog, onProblem: () => undefined })
  const meter = new Meter(operations)
  const service = createService({
    parts,
    ledger: new JournalLedger(catalog, journalOfNothing()),
    denials,
    meter,
  })
  const log = pino({ level: 'silent' })
  const watching = { meter }
  const answer = createEndpoint({ service, catalog, safe, clock, chance, regions: [region], log, watching })
  const asRoot = await callerOfRoot(rootCredentials, { service, catalog })
  return { catalog, parts, answer, asRoot }
}

function partsOf({
  catalog,
  safe,
  chance,
  clock,
}: Pick<Parts, 'catalog' | 'safe' | 'chance'> & { readonly clock: Clock }): Parts {
  const since = clock.now()
  return {
    catalog,
    lastUsages: { trackedSince: since, find: async () => undefined },
    trail: { find: async () => [], close: async () => undefined },
    safe,
    chance,
    limits: new Limits([]),
    attestationRoots: [],
    regions: [region],
    proxies: new XksProxies(clock, { timeLimitMs: 250, addresses: new Map() }),
    presented: presentedRequests({ catalog, safe, since }),
    codeGuesses: new CodeGuesses(),
    identityTokens: new IdentityTokens(),
  }
}

async function callerOfRoot(
  { accessKeyId }: Credentials,
  { service, catalog }: { readonly service: Service; readonly catalog: Catalog },
): Promise<OwnHouse['asRoot']> {
  const holder = await catalog.principals.holder(accessKeyId)
  invariant(holder !== undefined, 'the root user was just made')
  const { caller } = holder
  const connection = { sourceIp: '127.0.0.1', userAgent: 'bench', host: '127.0.0.1:8420' }
  return (of, operation, input) => {
    const call = { caller, service: of, region, now: Date.now(), requestId: randomUUID(), connection }
    return service.call(call, operation, () => input)
  }
}

/** A journal that makes the text of its records, as any must, and is durable at the next turn of the event loop. */
function journalOfNothing(): Journal {
  let turn: Promise<void> | undefined
  let bytes = 0
  const absent = () => Promise.reject(new Error('nothing is kept here'))
  const take = async (length: number) => {
    bytes += length
    turn ??= setImmediate().then(() => {
      turn = undefined
    })
    await turn
  }
  return {
    append: (record) => take(jsonOf(record).length),
    appendWritten: (records) => take(records.reduce((sum, { length }) => sum + length, 0)),
    findEvents: async () => new Set(),
    findRequest: async () => undefined,
    length: () => ({ segment: 1, length: bytes }),
    lastSequence: () => 0,
    readAfter: async () => undefined,
    verify: absent,
    close: async () => undefined,
  }
}
