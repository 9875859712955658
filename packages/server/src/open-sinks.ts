import { hash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Logger } from 'pino'
import type { Journal } from './audit/journal.ts'
import { openCloudTrailSink } from './audit/sinks/cloudtrail/cloudtrail-sink.ts'
import type { DigestKey } from './audit/sinks/cloudtrail/digest-key.ts'
import { type Destination, nameOf } from './audit/sinks/destination.ts'
import { Follower } from './audit/sinks/follower.ts'
import type { Sink, SinkStatus } from './audit/sinks/sink.ts'
import { stdoutSink } from './audit/sinks/stdout-sink.ts'
import { syslogSink } from './audit/sinks/syslog-sink.ts'
import { webhookSink } from './audit/sinks/webhook-sink.ts'
import { CannotStart } from './base/cannot-start.ts'
import type { Chance } from './base/chance.ts'
import type { Clock } from './base/clock.ts'
import { makeDirectory } from './base/durable-file.ts'
import { invariant } from './base/invariant.ts'
import type { Secret } from './crypto/secret.ts'
import { readWebhookSecrets, webhookSignature } from './crypto/webhook-signature.ts'
import type { Safe } from './root-key/safe.ts'
import { environmentVariableOf, flagOf, type Settings } from './settings.ts'
import { theInstallation } from './storage/installation.ts'
import type { Store } from './storage/store.ts'

/** Where records are sent on to, and what that needs from outside of the data directory. */
export interface SinkMeans {
  readonly destinations: readonly Destination[]
  /** For receivers that are spoken to over TLS; absent when nothing is sent on. */
  readonly tls?: SecureContext
  readonly webhookSecrets: readonly Secret[]
}

/** @throws CannotStart naming what is missing or cannot be read */
export async function readSinkMeans(settings: Settings): Promise<SinkMeans> {
  const { auditSinks: destinations } = settings
  const isWebhook = destinations.some(({ kind }) => kind === 'webhook')
  return {
    destinations,
    ...(destinations.length === 0 ? {} : { tls: await readTrust(settings) }),
    webhookSecrets: isWebhook ? await readSecrets(settings) : [],
  }
}

async function readTrust({ auditSinkCa, auditSinkCert, auditSinkKey }: Settings): Promise<SecureContext> {
  const own = auditSinkCa === undefined ? [] : [await readCertificates(auditSinkCa)]
  return createSecureContext({
    ca: [...getCACertificates('default'), ...getCACertificates('system'), ...own],
    minVersion: 'TLSv1.2',
    ...(auditSinkCert === undefined ? {} : { cert: await readCertificates(auditSinkCert) }),
    ...(auditSinkKey === undefined ? {} : { key: await readText(auditSinkKey) }),
  })
}

async function readSecrets({ auditWebhookSecret, auditWebhookSecretFile: path }: Settings) {
  const written = auditWebhookSecret ?? (path === undefined ? undefined : await readText(path))
  const variable = environmentVariableOf('auditWebhookSecret')
  if (written === undefined) {
    throw new CannotStart(
      `a webhook is signed: set ${variable} or --${flagOf('auditWebhookSecretFile')} ` +
        'to `whsec_` and what `openssl rand -base64 32` prints',
    )
  }
  const secrets = readWebhookSecrets(written)
  if (secrets !== undefined) return secrets
  throw new CannotStart(`${path ?? variable} does not hold \`whsec_\` and at least 24 bytes in base64`)
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CannotStart(`${path} cannot be read (${cause.code})`, { cause })
  })
}

/** OpenSSL passes over what is no certificate; whoever named the wrong file would learn it from a receiver that is not trusted. */
async function readCertificates(path: string): Promise<string> {
  const pem = await readText(path)
  try {
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    throw new CannotStart(`${path} holds no certificate in PEM`, { cause })
  }
}

/** Everything that is sent on. */
export interface Sinks {
  readonly followers: readonly Follower[]
  statuses(): readonly SinkStatus[]
  /** Sends what goes quickly, and lets go. */
  close(): Promise<void>
}

interface Ground {
  readonly dataDir: string
  readonly journal: Journal
  readonly store: Store
  readonly safe: Safe
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Logger
  readonly homeRegion: string
}

/** Begins to send on what the journal has, to each destination from where that one stopped. */
export async function openSinks(means: SinkMeans, ground: Ground): Promise<Sinks> {
  const { dataDir, log } = ground
  const followers: Follower[] = []
  const close = async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.close()))
  }
  const following = {
    ...ground,
    directory: join(dataDir, 'audit'),
    onProblem: (problem: string, err?: unknown) => log.warn(err === undefined ? {} : { err }, problem),
    onRecovered: (sink: string) => log.info(`${sink} takes audit records again`),
  }
  try {
    if (means.destinations.length > 0) await makeDirectory(join(dataDir, 'audit-sinks'))
    for (const destination of means.destinations) {
      const place = placeOf(dataDir, destination)
      const sink = await openSink(destination, place, { means, ground })
      followers.push(await Follower.open(sink, `${place}.cursor`, following))
    }
  } catch (cause) {
    await close()
    const { code } = cause as NodeJS.ErrnoException
    if (cause instanceof CannotStart || code === undefined) throw cause
    throw new CannotStart(`how far sinks have come cannot be read in ${dataDir}/audit-sinks (${code})`, {
      cause,
    })
  }
  return { followers, statuses: () => followers.map((follower) => follower.status()), close }
}

/** Where a sink's small files are, without their endings. An address that is changed in any way is another sink. */
function placeOf(dataDir: string, destination: Destination): string {
  const name = hash('sha256', JSON.stringify(destination), 'hex').slice(0, 16)
  return join(dataDir, 'audit-sinks', `${destination.kind}-${name}`)
}

async function openSink(
  destination: Destination,
  place: string,
  { means, ground }: { readonly means: SinkMeans; readonly ground: Ground },
): Promise<Sink> {
  const name = nameOf(destination)
  const { tls, webhookSecrets } = means
  const { clock, homeRegion } = ground
  invariant(tls !== undefined, 'whoever has destinations knows whom to trust')
  switch (destination.kind) {
    case 'stdout':
      return stdoutSink()
    case 'syslog':
      return syslogSink({ ...destination, name, ...(destination.isTls ? { tls } : {}) })
    case 'webhook': {
      const sign = (message: Parameters<typeof webhookSignature>[1]) =>
        webhookSignature(webhookSecrets, message)
      return webhookSink({ name, url: destination.url, sign, tls, clock })
    }
    case 'cloudtrail': {
      const trail = { bucket: destination.bucket, name: 'claviger', homeRegion }
      const key = await openDigestKey(ground)
      const { directory } = destination
      return openCloudTrailSink({ name, directory, trail, key, clock, statePath: `${place}.chains.json` })
    }
  }
}

/** The installation's own key for digests, made when there is none. */
async function openDigestKey({ store, safe }: Ground): Promise<DigestKey> {
  const stored = await store.find('installation', theInstallation)
  invariant(stored !== undefined, 'digests belong to an installation')
  const { value, version } = stored
  const digestKey = value.digestKey ?? safe.newDigestKey(value)
  if (value.digestKey === undefined) {
    await store.commit([{ put: 'installation', value: { ...value, digestKey }, expected: version }])
  }
  return safe.openDigestKey(digestKey, value)
}
