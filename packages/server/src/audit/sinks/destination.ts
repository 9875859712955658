import { hash } from 'node:crypto'
/** Where records are to be sent, as the setting says. */
export type Destination =
  | { readonly kind: 'stdout' }
  | { readonly kind: 'cloudtrail'; readonly directory: string; readonly bucket: string }
  | { readonly kind: 'syslog'; readonly host: string; readonly port: number; readonly isTls: boolean }
  | { readonly kind: 'webhook'; readonly url: string }

/** How each scheme's address is read. To add a kind of sink, add a row here and one in `open-sinks.ts`. */
const schemes: Readonly<Record<string, (url: URL) => Destination>> = {
  'stdout:': () => ({ kind: 'stdout' }),
  'cloudtrail:': readDirectory,
  'syslog+tls:': (url) => readSyslog(url, { isTls: true, standardPort: 6514 }),
  'syslog+tcp:': (url) => readSyslog(url, { isTls: false }),
  'https:': readWebhook,
  'http:': readWebhook,
}

/** Reads one destination. @throws Error with a sentence for the person who wrote it */
export function readDestination(written: string): Destination {
  const url = URL.canParse(written) ? new URL(written) : undefined
  const read = url && Object.hasOwn(schemes, url.protocol) ? schemes[url.protocol] : undefined
  if (url === undefined || read === undefined) {
    throw new Error(
      `\`${withoutSecrets(written)}\` is no sink; use stdout:, cloudtrail:<directory>, ` +
        'syslog+tls://host:port, syslog+tcp://host:port, https://… or http://…',
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(
      `\`${withoutSecrets(written)}\` holds a password, and a command line is in everybody's process list`,
    )
  }
  return read(url)
}

/** The name a destination is known by, in the log and in metrics: what may be secret in it is left out. */
export function nameOf(destination: Destination): string {
  if (destination.kind === 'stdout') return 'stdout:'
  if (destination.kind === 'cloudtrail') return `cloudtrail:${destination.directory}`
  if (destination.kind === 'webhook') return webhookName(new URL(destination.url))
  const { host, port, isTls } = destination
  return `syslog+${isTls ? 'tls' : 'tcp'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Many receivers are known by a secret path, so a path is shown by the beginning of its SHA-256. */
function webhookName({ origin, pathname }: URL): string {
  return pathname === '/' ? origin : `${origin}/…${hash('sha256', pathname, 'hex').slice(0, 8)}`
}

function readDirectory({ host, pathname, searchParams }: URL): Destination {
  const directory = decodeURIComponent(pathname)
  if (host !== '') {
    throw new Error(
      `\`cloudtrail://${host}${directory}\` names a machine: the directory comes at once, as in cloudtrail:/var/log/claviger`,
    )
  }
  if (directory === '') throw new Error('`cloudtrail:` needs a directory, as in cloudtrail:/var/log/claviger')
  return { kind: 'cloudtrail', directory, bucket: searchParams.get('bucket') ?? 'claviger' }
}

function readSyslog(
  { protocol, hostname, port }: URL,
  { isTls, standardPort }: { readonly isTls: boolean; readonly standardPort?: number },
): Destination {
  const number = port === '' ? standardPort : Number(port)
  if (hostname === '' || number === undefined) {
    throw new Error(
      `a sink \`${protocol}//\` needs a host and a port, as in ${protocol}//logs.example.com:6514`,
    )
  }
  return { kind: 'syslog', host: hostname.replace(/^\[(.*)\]$/, '$1'), port: number, isTls }
}

function readWebhook({ href }: URL): Destination {
  return { kind: 'webhook', url: href }
}

function withoutSecrets(written: string): string {
  return written.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/, '')
}
