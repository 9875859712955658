import { readRetention } from './audit/retention.ts'
import { CannotStart } from './base/cannot-start.ts'
import {
  readAccountId,
  readAddress,
  readAddresses,
  readCount,
  readLogLevel,
  readMilliseconds,
  readNetworks,
  readQuotaSource,
  readRegions,
  readRootKey,
  readShare,
  readSinks,
  readUrl,
  readWorkers,
  text,
} from './setting-values.ts'

export type { LogLevel } from './setting-values.ts'

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
