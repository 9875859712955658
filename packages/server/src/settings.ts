import { availableParallelism } from 'node:os'
import { readRetention } from './audit/retention.ts'
import { type Destination, nameOf, readDestination } from './audit/sinks/destination.ts'
import { CannotStart } from './base/cannot-start.ts'
import { isNetwork, type ListenAddress, parseListenAddress } from './base/network.ts'
import type { QuotaSource } from './quotas/open-quotas.ts'

/** One setting: how its text is read, what it is without one, and what it means to whoever sets it. */
interface Setting<V> {
  readonly read: (text: string) => V
  /** The text that stands for nothing having been set; without it the setting may be absent. */
  readonly standard?: string
  readonly value: string
  readonly meaning: string
  /** Set by environment alone: a secret on a command line is in everybody's process list. */
  readonly environmentOnly?: true
  /** Another environment variable that means the same, known from elsewhere; it counts where nothing of ours is set. */
  readonly commonVariable?: string
}

function setting<V>(row: Setting<V>): Setting<V> {
  return row
}

/** Every setting there is, one row each. Flags, environment variables and the config file all follow from it. */
export const settings = {
  listen: setting({
    read: readAddress,
    standard: '127.0.0.1:8420',
    value: 'address:port',
    meaning: 'where to listen; port 0 takes a free one',
  }),
  workers: setting({
    read: readWorkers,
    standard: '1',
    value: 'number|cores',
    meaning: 'threads that serve calls; cores stands for as many as there are',
  }),
  dataDir: setting({
    read: text,
    standard: '.claviger',
    value: 'directory',
    meaning: 'where keys, principals and the audit journal are kept',
  }),
  accountId: setting({
    read: readAccountId,
    standard: '111122223333',
    value: '12 digits',
    meaning: 'id of the management account that the first start makes',
  }),
  regions: setting({
    read: readRegions,
    standard: 'us-east-1',
    value: 'name,name…',
    meaning: 'Regions that are served',
  }),
  rootKey: setting({
    read: readRootKey,
    standard: 'file:',
    value: 'source',
    meaning: 'what wraps all key material: file:, file:<path> or passphrase:',
  }),
  rootPassphrase: setting({
    read: text,
    value: 'text',
    meaning: 'the passphrase for --root-key passphrase:, instead of a prompt',
    environmentOnly: true,
  }),
  rootAccessKeyId: setting({
    read: text,
    value: 'id',
    meaning: 'access key id of the root user, instead of one made at the first start',
    environmentOnly: true,
  }),
  rootSecretAccessKey: setting({
    read: text,
    value: 'secret',
    meaning: 'its secret access key',
    environmentOnly: true,
  }),
  tlsCert: setting({ read: text, value: 'file', meaning: 'certificate chain to serve TLS with, PEM' }),
  tlsKey: setting({ read: text, value: 'file', meaning: 'its private key, PEM' }),
  trustedProxies: setting({
    read: readNetworks,
    standard: '',
    value: 'CIDR,CIDR…',
    meaning: 'proxies whose X-Forwarded-For is believed',
  }),
  maxConnections: setting({
    read: readCount,
    standard: '10000',
    value: 'number',
    meaning: 'connections that are open at a time; beyond them the one that was idle for longest is closed',
  }),
  vpcEndpoints: setting({
    read: text,
    value: 'file',
    meaning: 'a YAML file of VPC endpoints: how they are recognized, and what may be done through them',
  }),
  quotas: setting({
    read: readQuotaSource,
    standard: 'off',
    value: 'off|aws|file',
    meaning: 'how often callers may call: as they like, as on AWS, or as a YAML file says',
  }),
  attestationRoots: setting({
    read: text,
    value: 'file',
    meaning: "certificates whose attestation documents are believed instead of AWS's, PEM",
  }),
  xksAddresses: setting({
    read: readAddresses,
    standard: '',
    value: 'name=address:port,…',
    meaning: 'where proxies of external key stores really are; others are looked up, at port 443',
  }),
  xksCa: setting({
    read: text,
    value: 'file',
    meaning: "certificates trusted for these proxies beside the machine's own, PEM",
  }),
  xksTimeLimit: setting({
    read: readMilliseconds,
    standard: '250',
    value: 'milliseconds',
    meaning: 'how long such a proxy may take; without an answer it is asked once more',
  }),
  adminListen: setting({
    read: readAddress,
    value: 'address:port',
    meaning: 'where to listen for metrics and health checks, apart from callers; nowhere unless set',
  }),
  tracesEndpoint: setting({
    read: readUrl,
    value: 'URL',
    meaning:
      'an OpenTelemetry collector to send traces to (OTLP over HTTP); without it OTEL_EXPORTER_OTLP_ENDPOINT, or none',
    commonVariable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  }),
  tracesShare: setting({
    read: readShare,
    standard: '1',
    value: '0…1',
    meaning: "the share of calls that are traced, where the caller's own trace does not say",
  }),
  auditSinks: setting({
    read: readSinks,
    standard: '',
    value: 'URL,URL…',
    meaning:
      'where audit records are sent on to: stdout:, cloudtrail:<directory>, syslog+tls://host:port, https://…',
  }),
  auditSinkCa: setting({
    read: text,
    value: 'file',
    meaning: "certificates trusted for their receivers beside the machine's own, PEM",
  }),
  auditSinkCert: setting({
    read: text,
    value: 'file',
    meaning: 'certificate to show to receivers that ask for one, PEM',
  }),
  auditSinkKey: setting({ read: text, value: 'file', meaning: 'its private key, PEM' }),
  auditWebhookSecret: setting({
    read: text,
    value: 'whsec_…',
    meaning: 'what webhooks are signed with; several, with blanks between, while one replaces another',
    environmentOnly: true,
  }),
  auditWebhookSecretFile: setting({ read: text, value: 'file', meaning: 'the same, in a file' }),
  auditRetention: setting({
    read: readRetention,
    standard: 'forever',
    value: 'age,size',
    meaning: 'how much of the audit journal is kept, as in 90d,20GiB: what no sink waits for, oldest first',
  }),
  logLevel: setting({
    read: readLogLevel,
    standard: 'info',
    value: 'level',
    meaning: 'trace, debug, info, warn, error or silent',
  }),
}

type Table = typeof settings
export type SettingName = keyof Table
type ValueOf<S> = S extends Setting<infer V> ? V : never
type Optional =
  | 'auditSinkCa'
  | 'auditSinkCert'
  | 'auditSinkKey'
  | 'auditWebhookSecret'
  | 'auditWebhookSecretFile'
  | 'adminListen'
  | 'attestationRoots'
  | 'rootPassphrase'
  | 'rootAccessKeyId'
  | 'rootSecretAccessKey'
  | 'tlsCert'
  | 'tlsKey'
  | 'tracesEndpoint'
  | 'vpcEndpoints'
  | 'xksCa'

export type Settings = {
  readonly [N in Exclude<SettingName, Optional>]: ValueOf<Table[N]>
} & { readonly [N in Optional]?: ValueOf<Table[N]> }

export const settingNames = Object.keys(settings) as SettingName[]

/** `dataDir` as a flag: `data-dir`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `dataDir` as an environment variable: `CLAVIGER_DATA_DIR`. */
export function environmentVariableOf(name: string): string {
  return `CLAVIGER_${flagOf(name).replaceAll('-', '_').toUpperCase()}`
}

/** Where settings come from, the first that has one winning. */
export interface SettingSources {
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly file: Readonly<Record<string, string | undefined>>
}

/** @throws CannotStart naming the setting, what it was and what it may be */
export function readSettings({ flags, environment, file }: SettingSources): Settings {
  const read = settingNames.map((name) => {
    const row: Setting<unknown> = settings[name]
    const places = [
      [`--${flagOf(name)}`, row.environmentOnly ? undefined : flags[flagOf(name)]],
      [environmentVariableOf(name), environment[environmentVariableOf(name)]],
      [`${flagOf(name)} in the config file`, row.environmentOnly ? undefined : file[flagOf(name)]],
      [row.commonVariable, environment[row.commonVariable ?? ''] || undefined],
      ['the default', row.standard],
    ] as const
    const [place, written] = places.find(([, value]) => value !== undefined) ?? []
    return written === undefined ? [] : [[name, readFrom(row, String(place), written)]]
  })
  const complete = Object.fromEntries(read.flat()) as Settings
  requirePairs(complete)
  return complete
}

function readFrom(row: Setting<unknown>, place: string, written: string): unknown {
  try {
    return row.read(written)
  } catch (error) {
    throw new CannotStart(`${place}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Settings that mean something only together. */
const pairs: readonly (readonly [SettingName, SettingName])[] = [
  ['tlsCert', 'tlsKey'],
  ['auditSinkCert', 'auditSinkKey'],
  ['rootAccessKeyId', 'rootSecretAccessKey'],
]

function requirePairs(complete: Settings): void {
  for (const [one, other] of pairs) {
    if ((complete[one] === undefined) === (complete[other] === undefined)) continue
    const nameOf = settings[one].environmentOnly
      ? environmentVariableOf
      : (name: string) => `--${flagOf(name)}`
    throw new CannotStart(`${nameOf(one)} and ${nameOf(other)} must be set together`)
  }
}

function text(written: string): string {
  if (written === '') throw new Error('it is empty')
  return written
}

/** What a list names between its commas. */
function entriesOf(written: string): readonly string[] {
  const entries = written === '' ? [] : written.split(',').map((entry) => entry.trim())
  if (entries.includes('')) throw new Error(`\`${written}\` has nothing before or after one of its commas`)
  return entries
}

function readAddress(written: string): ListenAddress {
  const address = parseListenAddress(written)
  if (address !== undefined) return address
  throw new Error(`\`${written}\` is not address:port, as in 127.0.0.1:8420 or [::1]:8420`)
}

function readAddresses(written: string): ReadonlyMap<string, ReturnType<typeof readAddress>> {
  return new Map(
    entriesOf(written).map((entry) => {
      const [, name = '', address = ''] = /^([A-Za-z0-9.-]+)=(.+)$/.exec(entry) ?? []
      if (name === '') throw new Error(`\`${entry}\` is not name=address:port`)
      return [name.toLowerCase(), readAddress(address)]
    }),
  )
}

function readSinks(written: string): readonly Destination[] {
  const destinations = written === '' ? [] : written.split(',').map((entry) => readDestination(entry.trim()))
  const twice = destinations.find((one, at) =>
    destinations.slice(0, at).some((other) => nameOf(other) === nameOf(one)),
  )
  if (twice !== undefined) throw new Error(`\`${nameOf(twice)}\` is there twice`)
  return destinations
}

function readWorkers(written: string): number {
  if (written === 'cores') return availableParallelism()
  if (/^\d{1,3}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number of threads from 1 to 999, nor \`cores\``)
}

function readMilliseconds(written: string): number {
  if (/^\d{1,5}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number of milliseconds from 1 to 99999`)
}

function readCount(written: string): number {
  if (/^\d{1,7}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number from 1 to 9999999`)
}

function readUrl(written: string): string {
  const { protocol } = URL.canParse(written) ? new URL(written) : { protocol: '' }
  if (protocol === 'http:' || protocol === 'https:') return written
  throw new Error(`\`${written}\` is not a URL, as in http://127.0.0.1:4318`)
}

function readShare(written: string): number {
  if (/^(?:0|1|0?\.\d+|1\.0+)$/.test(written)) return Number(written)
  throw new Error(`\`${written}\` is not a share from 0 to 1`)
}

function readAccountId(written: string): string {
  if (/^\d{12}$/.test(written)) return written
  throw new Error(`\`${written}\` is not an account id of 12 digits`)
}

function readRegions(written: string): readonly string[] {
  const regions = entriesOf(written)
  if (regions.length === 0) throw new Error('it is empty')
  const wrong = regions.find((region) => !/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region))
  if (wrong !== undefined) throw new Error(`\`${wrong}\` is not a Region name, as in us-east-1`)
  return [...new Set(regions)]
}

function readRootKey(
  written: string,
): { readonly kind: 'file'; readonly path?: string } | { readonly kind: 'passphrase' } {
  if (written === 'passphrase:') return { kind: 'passphrase' }
  if (written === 'file:') return { kind: 'file' }
  if (written.startsWith('file:')) return { kind: 'file', path: written.slice('file:'.length) }
  throw new Error(`\`${written}\` is not a root key source; use file:, file:<path> or passphrase:`)
}

function readNetworks(written: string): readonly string[] {
  const networks = entriesOf(written)
  const wrong = networks.find((network) => !isNetwork(network))
  if (wrong !== undefined) throw new Error(`\`${wrong}\` is not an address or network, as in 10.0.0.0/8`)
  return networks
}

function readQuotaSource(written: string): QuotaSource {
  if (written === 'off' || written === 'aws') return { kind: written }
  return { kind: 'file', path: text(written) }
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

function readLogLevel(written: string): LogLevel {
  const level = logLevels.find((each) => each === written)
  if (level === undefined) throw new Error(`\`${written}\` is not one of ${logLevels.join(', ')}`)
  return level
}
