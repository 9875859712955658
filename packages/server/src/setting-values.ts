import { availableParallelism } from 'node:os'
import { type Destination, nameOf, readDestination } from './audit/sinks/destination.ts'
import { isNetwork, type ListenAddress, parseListenAddress } from './base/network.ts'
import type { QuotaSource } from './quotas/open-quotas.ts'

/** How the text of a setting is read. What is wrong with one is thrown as a sentence; whose text it was is said by the caller. */

/** A word that must not be empty. */
export function text(written: string): string {
  if (written === '') throw new Error('it is empty')
  return written
}

/** What a list names between its commas. */
function entriesOf(written: string): readonly string[] {
  const entries = written === '' ? [] : written.split(',').map((entry) => entry.trim())
  if (entries.includes('')) throw new Error(`\`${written}\` has nothing before or after one of its commas`)
  return entries
}

/** An address with its port. */
export function readAddress(written: string): ListenAddress {
  const address = parseListenAddress(written)
  if (address !== undefined) return address
  throw new Error(`\`${written}\` is not address:port, as in 127.0.0.1:8420 or [::1]:8420`)
}

/** Addresses by the names they stand for. */
export function readAddresses(written: string): ReadonlyMap<string, ReturnType<typeof readAddress>> {
  return new Map(
    entriesOf(written).map((entry) => {
      const [, name = '', address = ''] = /^([A-Za-z0-9.-]+)=(.+)$/.exec(entry) ?? []
      if (name === '') throw new Error(`\`${entry}\` is not name=address:port`)
      return [name.toLowerCase(), readAddress(address)]
    }),
  )
}

/** Where audit records are sent on to, each destination once. */
export function readSinks(written: string): readonly Destination[] {
  const destinations = written === '' ? [] : written.split(',').map((entry) => readDestination(entry.trim()))
  const twice = destinations.find((one, at) =>
    destinations.slice(0, at).some((other) => nameOf(other) === nameOf(one)),
  )
  if (twice !== undefined) throw new Error(`\`${nameOf(twice)}\` is there twice`)
  return destinations
}

/** How many threads serve; `cores` for as many as there are. */
export function readWorkers(written: string): number {
  if (written === 'cores') return availableParallelism()
  if (/^\d{1,3}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number of threads from 1 to 999, nor \`cores\``)
}

/** A time limit. */
export function readMilliseconds(written: string): number {
  if (/^\d{1,5}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number of milliseconds from 1 to 99999`)
}

/** A number of things, one at least. */
export function readCount(written: string): number {
  if (/^\d{1,7}$/.test(written) && Number(written) > 0) return Number(written)
  throw new Error(`\`${written}\` is not a number from 1 to 9999999`)
}

/** An address on the web. */
export function readUrl(written: string): string {
  const { protocol } = URL.canParse(written) ? new URL(written) : { protocol: '' }
  if (protocol === 'http:' || protocol === 'https:') return written
  throw new Error(`\`${written}\` is not a URL, as in http://127.0.0.1:4318`)
}

/** A part of a whole. */
export function readShare(written: string): number {
  if (/^(?:0|1|0?\.\d+|1\.0+)$/.test(written)) return Number(written)
  throw new Error(`\`${written}\` is not a share from 0 to 1`)
}

/** The id of an account. */
export function readAccountId(written: string): string {
  if (/^\d{12}$/.test(written)) return written
  throw new Error(`\`${written}\` is not an account id of 12 digits`)
}

/** Names of Regions, each once. */
export function readRegions(written: string): readonly string[] {
  const regions = entriesOf(written)
  if (regions.length === 0) throw new Error('it is empty')
  const wrong = regions.find((region) => !/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region))
  if (wrong !== undefined) throw new Error(`\`${wrong}\` is not a Region name, as in us-east-1`)
  return [...new Set(regions)]
}

/** Where the root key comes from. */
export function readRootKey(
  written: string,
): { readonly kind: 'file'; readonly path?: string } | { readonly kind: 'passphrase' } {
  if (written === 'passphrase:') return { kind: 'passphrase' }
  if (written === 'file:') return { kind: 'file' }
  if (written.startsWith('file:')) return { kind: 'file', path: written.slice('file:'.length) }
  throw new Error(`\`${written}\` is not a root key source; use file:, file:<path> or passphrase:`)
}

/** Addresses and networks. */
export function readNetworks(written: string): readonly string[] {
  const networks = entriesOf(written)
  const wrong = networks.find((network) => !isNetwork(network))
  if (wrong !== undefined) throw new Error(`\`${wrong}\` is not an address or network, as in 10.0.0.0/8`)
  return networks
}

/** Which request quotas are kept. */
export function readQuotaSource(written: string): QuotaSource {
  if (written === 'off' || written === 'aws') return { kind: written }
  return { kind: 'file', path: text(written) }
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
/** One of them. */
export type LogLevel = (typeof logLevels)[number]

/** How much is logged. */
export function readLogLevel(written: string): LogLevel {
  const level = logLevels.find((each) => each === written)
  if (level === undefined) throw new Error(`\`${written}\` is not one of ${logLevels.join(', ')}`)
  return level
}
