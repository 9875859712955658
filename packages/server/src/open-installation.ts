import { join } from 'node:path'
import type { Chance } from './base/chance.ts'
import type { Clock } from './base/clock.ts'
import { makeOrganization } from './first-organization.ts'
import { makeInstallation, useRootCredentials } from './first-start.ts'
import { rootKeyFile } from './root-key/file/root-key-file.ts'
import { rootKeyPassphrase } from './root-key/passphrase/root-key-passphrase.ts'
import { openRootKey, type RootKeySource } from './root-key/root-key.ts'
import { Safe } from './root-key/safe.ts'
import { type RootKeyHealth, watchRootKey } from './root-key/watch-root-key.ts'
import type { Settings } from './settings.ts'
import { theInstallation } from './storage/installation.ts'
import type { Store } from './storage/store.ts'

/** What an installation stands on. */
export interface Ground {
  readonly clock: Clock
  readonly chance: Chance
  readonly store: Store
  readonly dataDir: string
}

/** The installation that is there, opened with its root key; or a new one. */
export async function openInstallation(
  settings: Settings,
  { store, clock, chance, dataDir }: Ground,
): Promise<{ safe: Safe; rootKey: RootKeyHealth; managementAccount: string }> {
  const installation = (await store.find('installation', theInstallation))?.value
  const source = rootKeySource(settings, dataDir, chance)
  const rootKey = await openRootKey(source, installation)
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
  const mark = async () => (await store.find('installation', theInstallation))?.value
  return { safe, rootKey: watchRootKey({ rootKey, source, mark }), managementAccount: accountId }
}

function rootKeySource(
  { rootKey, rootPassphrase }: Settings,
  dataDir: string,
  chance: Chance,
): RootKeySource {
  if (rootKey.kind === 'file') return rootKeyFile(rootKey.path ?? join(dataDir, 'root-key'), chance)
  return rootKeyPassphrase({ directory: dataDir, passphrase: rootPassphrase ?? '' }, chance)
}
