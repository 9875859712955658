import type { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { openRoots } from './attestation/roots.ts'
import { CannotStart } from './base/cannot-start.ts'
import type { Clock } from './base/clock.ts'
import type { Buckets } from './quotas/buckets.ts'
import { type QuotaRules, quotasOf, readQuotas } from './quotas/open-quotas.ts'
import type { Settings } from './settings.ts'
import type { DescribedEndpoint } from './vpc-endpoints/endpoint-file.ts'
import { openEndpoints } from './vpc-endpoints/open-endpoints.ts'
import { readProxySettings } from './xks/open-proxies.ts'
import { XksProxies, type XksSettings } from './xks/xks-proxies.ts'

/** What to serve TLS with. */
export type Tls = { readonly cert: Uint8Array; readonly key: Uint8Array }

/** What is in the files that the settings name outside of the data directory: plain data, the same for every thread. */
export interface OutsideFiles {
  readonly tls: Tls | undefined
  readonly quotas: QuotaRules
  readonly attestationRoots: readonly X509Certificate[]
  readonly endpoints: readonly DescribedEndpoint[]
  readonly xks: XksSettings
}

/**
 * Everything that the settings name outside of the data directory, read and checked before anything is touched there.
 *
 * @throws CannotStart naming the file, and what is wrong with it
 */
export async function readOutside(settings: Settings): Promise<OutsideFiles> {
  const { xksAddresses: addresses, xksCa: trustedFile, xksTimeLimit: timeLimitMs } = settings
  return {
    tls: await readTls(settings),
    quotas: await readQuotas(settings.quotas),
    attestationRoots: await openRoots(settings.attestationRoots),
    endpoints: await openEndpoints(settings.vpcEndpoints),
    xks: await readProxySettings({ addresses, trustedFile, timeLimitMs }),
  }
}

/** What one thread makes of it. @param buckets where requests are counted, if not by this thread alone */
export function openOutside({ quotas, xks, ...files }: OutsideFiles, clock: Clock, buckets?: Buckets) {
  return { ...files, ...quotasOf(quotas, buckets), proxies: new XksProxies(clock, xks) }
}

async function readTls({ tlsCert, tlsKey }: Settings): Promise<Tls | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined
  const read = (path: string) =>
    readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new CannotStart(`${path} cannot be read (${cause.code})`, { cause })
    })
  return { cert: await read(tlsCert), key: await read(tlsKey) }
}
