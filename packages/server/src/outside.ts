import { readFile } from 'node:fs/promises'
import { openRoots } from './attestation/roots.ts'
import { CannotStart } from './base/cannot-start.ts'
import type { Clock } from './base/clock.ts'
import { readSinkMeans } from './open-sinks.ts'
import { openQuotas } from './quotas/open-quotas.ts'
import type { Settings } from './settings.ts'
import { openEndpoints } from './vpc-endpoints/open-endpoints.ts'
import { openProxies } from './xks/open-proxies.ts'

/** What to serve TLS with. */
export type Tls = { readonly cert: Buffer; readonly key: Buffer }

/**
 * Everything that the settings name outside of the data directory, read and checked before anything is touched there.
 *
 * @throws CannotStart naming the file, and what is wrong with it
 */
export async function openOutside(settings: Settings, clock: Clock) {
  const { xksAddresses: addresses, xksCa: trustedFile, xksTimeLimit: timeLimitMs } = settings
  return {
    tls: await readTls(settings),
    sinkMeans: await readSinkMeans(settings),
    ...(await openQuotas(settings.quotas)),
    attestationRoots: await openRoots(settings.attestationRoots),
    endpoints: await openEndpoints(settings.vpcEndpoints),
    proxies: await openProxies({ addresses, trustedFile, timeLimitMs }, clock),
  }
}

async function readTls({ tlsCert, tlsKey }: Settings): Promise<Tls | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined
  const read = (path: string) =>
    readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new CannotStart(`${path} cannot be read (${cause.code})`, { cause })
    })
  return { cert: await read(tlsCert), key: await read(tlsKey) }
}
