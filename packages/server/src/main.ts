import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { KeptDenials } from './access/kept-denials.ts'
import { openIndex } from './audit/index/open-index.ts'
import type { Journal } from './audit/journal.ts'
import { Ledger } from './audit/ledger.ts'
import type { Trail } from './audit/trail.ts'
import { UsageTracker } from './audit/usage-tracker.ts'
import { CannotStart } from './base/cannot-start.ts'
import { type Chance, systemChance } from './base/chance.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { Catalog } from './catalog/catalog.ts'
import { keepHouse } from './chores.ts'
import { openControlSocket } from './control/control-socket.ts'
import { answerQuestion, type Known } from './control/questions.ts'
import { doWhatIsDue } from './due/do-what-is-due.ts'
import { makeOrganization } from './first-organization.ts'
import { credentialsFile, makeInstallation, useRootCredentials } from './first-start.ts'
import { createEndpoint, type WireReply } from './http/endpoint.ts'
import { bodyBytesMost, type Listener, listen, type Unread } from './http/listener.ts'
import { presentedRequests } from './http/presented-requests.ts'
import { CodeGuesses } from './identity/code-guesses.ts'
import { openOutside, type Tls } from './outside.ts'
import { Refusal } from './protocol/errors.ts'
import { jsonError } from './protocol/json-1-1.ts'
import { rootKeyFile } from './root-key/file/root-key-file.ts'
import { rootKeyPassphrase } from './root-key/passphrase/root-key-passphrase.ts'
import { openRootKey, type RootKeySource } from './root-key/root-key.ts'
import { Safe } from './root-key/safe.ts'
import { createService, type Service } from './service.ts'
import type { Settings } from './settings.ts'
import { openSignedJournal } from './signed-journal.ts'
import { theInstallation } from './storage/installation.ts'
import { lockDirectory } from './storage/sqlite/lock.ts'
import { openSqliteStore } from './storage/sqlite/open-sqlite-store.ts'
import type { Store } from './storage/store.ts'
import type { DescribedEndpoint } from './vpc-endpoints/endpoint-file.ts'
import { IdentityTokens } from './web-identity/identity-tokens.ts'

/** The world outside, for those who bring their own: tests own time. */
export interface World {
  readonly clock: Clock
  readonly chance: Chance
}

/** A running Claviger. */
export interface Claviger {
  readonly url: string
  /** Of VPC endpoints with addresses of their own, by their ids. */
  readonly endpointUrls: ReadonlyMap<string, string>
  readonly service: Service
  readonly catalog: Catalog
  readonly journal: Journal
  readonly managementAccount: string
  /** Where the root credentials were written for AWS clients; absent when they came from outside. */
  readonly credentialsFile?: string
  /** Does what keys do by themselves and is due by now; also happens by itself, at the start and every minute. */
  doWhatIsDue(): Promise<number>
  /** Answers the calls under way, then lets go of everything. */
  close(): Promise<void>
}

/**
 * Starts the service: the only place where concrete parts meet.
 *
 * @throws CannotStart with a sentence for the person who runs it
 */
export async function start(settings: Settings, log: Logger, world?: Partial<World>): Promise<Claviger> {
  const clock = world?.clock ?? systemClock
  const chance = world?.chance ?? systemChance()
  const dataDir = resolve(settings.dataDir)
  const { tls, limits, rates, attestationRoots, endpoints, proxies } = await openOutside(settings, clock)
  await makeDirectory(dataDir)
  const opened: (() => Promise<void> | void)[] = [() => proxies.close()]
  const letGo = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const lock = lockDirectory(dataDir)
    opened.push(() => lock.release())
    const store = await openSqliteStore(join(dataDir, 'claviger.db'))
    opened.push(() => store.close())
    const { safe, managementAccount } = await openInstallation(settings, { store, clock, chance, dataDir })
    const journal = await openSignedJournal(join(dataDir, 'audit'), { store, safe, clock, log })
    opened.push(() => journal.close())
    const trail = openTrail(dataDir, journal, log)
    opened.push(() => trail.close())
    const catalog = new Catalog(store, safe)
    const lastUsages = await UsageTracker.open(catalog, journal, clock.now())
    const ledger = new Ledger(catalog, journal, (record) => lastUsages.note(record))
    opened.push(() => ledger.settle())
    const recovered = await ledger.recover()
    if (recovered > 0) log.warn({ recovered }, 'changes made just before the last end are now in the journal')
    const dueKeys = () => doWhatIsDue(clock.now(), { catalog, safe, ledger, chance })
    const writeUsages = () => Promise.all([catalog.lastUses.write(), lastUsages.write()])
    opened.push(async () => {
      await writeUsages().catch((err) => log.warn({ err }, 'when keys were last used could not be stored'))
    })
    opened.push(await keepHouse([dueKeys, () => ledger.settle(), writeUsages], log))
    const denials = new KeptDenials({
      catalog,
      onProblem: (err) => log.warn({ err }, 'denials could not be kept for `claviger why`'),
    })
    opened.push(() => denials.settle())
    const { regions } = settings
    const presented = presentedRequests({ catalog, safe, since: clock.now() })
    const parts = {
      catalog,
      lastUsages,
      trail,
      safe,
      chance,
      limits,
      attestationRoots,
      regions,
      proxies,
      presented,
      codeGuesses: new CodeGuesses(),
      identityTokens: new IdentityTokens(),
    }
    const service = createService({ parts, ledger, denials, rates })
    const registry = { catalog, ledger, safe, chance, clock, managementAccount, region: regions[0] ?? '' }
    opened.push(await openControl({ dataDir, denials, journal, registry, log }))
    const listener = await serve(settings, { service, catalog, safe, clock, chance, log, tls, endpoints })
    opened.push(() => listener.close())
    return {
      url: listener.url,
      endpointUrls: listener.endpointUrls,
      service,
      catalog,
      journal,
      managementAccount,
      ...(settings.rootAccessKeyId === undefined ? { credentialsFile: credentialsFile(dataDir) } : {}),
      doWhatIsDue: dueKeys,
      close: letGo,
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

interface Ground extends World {
  readonly store: Store
  readonly dataDir: string
}

/** The installation that is there, opened with its root key; or a new one. */
async function openInstallation(
  settings: Settings,
  { store, clock, chance, dataDir }: Ground,
): Promise<{ safe: Safe; managementAccount: string }> {
  const installation = (await store.find('installation', theInstallation))?.value
  const rootKey = await openRootKey(rootKeySource(settings, dataDir, chance), installation)
  const safe = new Safe(rootKey, chance)
  const accountId = installation?.managementAccount ?? settings.accountId
  const ground = { store, safe, now: clock.now(), accountId }
  const { rootAccessKeyId: accessKeyId, rootSecretAccessKey: secretAccessKey } = settings
  const given =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey }
  if (installation === undefined) {
    const region = settings.regions[0] ?? 'us-east-1'
    await makeInstallation({ ...ground, rootKey, chance, dataDir, region, rootCredentials: given })
  } else if (given !== undefined) {
    await useRootCredentials(given, ground)
  }
  await makeOrganization({ store, chance, managementAccount: accountId })
  return { safe, managementAccount: accountId }
}

function rootKeySource(
  { rootKey, rootPassphrase }: Settings,
  dataDir: string,
  chance: Chance,
): RootKeySource {
  if (rootKey.kind === 'file') return rootKeyFile(rootKey.path ?? join(dataDir, 'root-key'), chance)
  return rootKeyPassphrase({ directory: dataDir, passphrase: rootPassphrase ?? '' }, chance)
}

interface Serving extends World {
  readonly service: Service
  readonly catalog: Catalog
  readonly safe: Safe
  readonly log: Logger
  readonly tls: Tls | undefined
  readonly endpoints: readonly DescribedEndpoint[]
}

const unreadRefusals: Readonly<Record<Unread, () => Refusal>> = {
  'body too long': () =>
    new Refusal('RequestEntityTooLargeException', `The request is larger than ${bodyBytesMost} bytes`),
  'headers too long': () => new Refusal('SerializationException', 'The headers of the request are too long'),
  'too slow': () => new Refusal('SerializationException', 'The request took too long to arrive'),
  'not HTTP': () => new Refusal('SerializationException', 'The request is not HTTP that can be read'),
}

function serve(settings: Settings, { log, tls, endpoints, ...parts }: Serving): Promise<Listener> {
  const unread = (reason: Unread): WireReply => ({
    ...jsonError(unreadRefusals[reason]()),
    requestId: parts.chance.uuid(),
  })
  return listen({
    listen: settings.listen,
    trustedProxies: settings.trustedProxies,
    endpoints: endpoints.map((described) => {
      const { id, vpcId, account, region = settings.regions[0] ?? '' } = described
      const policy = parts.catalog.policies.compile(described.policy, 'endpoint-policy')
      return { ...described, endpoint: { id, vpcId, account, region, policy } }
    }),
    ...(tls === undefined ? {} : { tls }),
    answer: createEndpoint({ ...parts, regions: settings.regions, log }),
    unread,
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

async function makeDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new CannotStart(
      `the data directory ${dataDir} cannot be made (${(cause as NodeJS.ErrnoException).code})`,
      {
        cause,
      },
    )
  }
}

/** What happened, as it is looked up: an index beside the journal, which may be deleted at any time. */
function openTrail(dataDir: string, journal: Journal, log: Logger): Trail {
  return openIndex({
    path: join(dataDir, 'audit-index.db'),
    directory: join(dataDir, 'audit'),
    length: () => journal.length(),
    onProblem: (err) =>
      log.warn({ err }, 'the index of the audit journal could not follow it; it is tried again'),
  })
}
