import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CannotStart } from './base/cannot-start.ts'
import type { Chance } from './base/chance.ts'
import { createFile } from './base/durable-file.ts'
import type { Secret } from './crypto/secret.ts'
import { type AccessKey, newAccessKeyId, newSecretAccessKey } from './identity/access-key.ts'
import type { Account } from './identity/account.ts'
import { rootKeyCheck } from './root-key/root-key.ts'
import type { Safe } from './root-key/safe.ts'
import type { Installation } from './storage/installation.ts'
import { formatVersion } from './storage/kinds.ts'
import type { Change, Store } from './storage/store.ts'

/** The credentials that a root user is known by. */
export interface RootCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

interface Beginning {
  readonly store: Store
  readonly safe: Safe
  readonly rootKey: Secret
  readonly chance: Chance
  readonly now: number
  readonly accountId: string
  readonly dataDir: string
  readonly region: string
  /** Given from outside; without them some are made, and written where AWS clients look for them. */
  readonly rootCredentials: RootCredentials | undefined
}

/**
 * Makes the installation: its management account and that account's root credentials. All of it is stored in one
 * commit, after the credentials have been written down; a start that breaks off before is simply a first start again.
 */
export async function makeInstallation(beginning: Beginning): Promise<void> {
  const { store, rootKey, chance, now, accountId } = beginning
  const id = chance.uuid()
  const installation: Installation = {
    id,
    createdAt: now,
    managementAccount: accountId,
    rootKeyCheck: rootKeyCheck(rootKey, id, chance),
    formatVersion,
  }
  const account: Account = { accountId, name: 'management', createdAt: now }
  const credentials = beginning.rootCredentials ?? (await writtenCredentials(beginning))
  await store.commit([
    { put: 'installation', value: installation, expected: 'absent' },
    { put: 'account', value: account, expected: 'absent' },
    { put: 'accessKey', value: rootAccessKey(credentials, beginning), expected: 'absent' },
  ])
}

/**
 * Makes credentials that are given from outside the root user's only ones: whoever sets new ones means the old to end.
 *
 * @throws CannotStart when the access key id is a user's
 */
export async function useRootCredentials(
  credentials: RootCredentials,
  place: Pick<Beginning, 'store' | 'safe' | 'now' | 'accountId'>,
): Promise<void> {
  const { store, safe, accountId } = place
  const present = await store.find('accessKey', [credentials.accessKeyId])
  if (present !== undefined && present.value.owner !== 'root') {
    throw new CannotStart(
      `the access key id ${credentials.accessKeyId} is a user's; choose another for the root user`,
    )
  }
  const owned = await store.list('accessKey', { index: 'owner', prefix: [accountId, 'root'], limit: 1000 })
  const others = owned.filter(({ value }) => value.accessKeyId !== credentials.accessKeyId)
  const isSame =
    present !== undefined && safe.openSecretAccessKey(present.value) === credentials.secretAccessKey
  if (isSame && others.length === 0) return
  await store.commit([
    ...others.map(({ value, version }): Change => {
      return { remove: 'accessKey', key: [value.accessKeyId], expected: version }
    }),
    { put: 'accessKey', value: rootAccessKey(credentials, place), expected: present?.version ?? 'absent' },
  ])
}

function rootAccessKey(
  { accessKeyId, secretAccessKey }: RootCredentials,
  { safe, now, accountId }: Pick<Beginning, 'safe' | 'now' | 'accountId'>,
): AccessKey {
  const row = { accessKeyId, account: accountId, owner: 'root', status: 'Active' as const, createdAt: now }
  return { ...row, sealedSecret: safe.sealSecretAccessKey(row, secretAccessKey) }
}

/** The profile name under which AWS clients find the root credentials. */
export const credentialsProfile = 'claviger'

export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'credentials')
}

async function writtenCredentials({ chance, dataDir, region }: Beginning): Promise<RootCredentials> {
  const credentials = { accessKeyId: newAccessKeyId(chance), secretAccessKey: newSecretAccessKey(chance) }
  const lines = [
    `[${credentialsProfile}]`,
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `region = ${region}`,
    '',
  ]
  // One that is there is from a first start that broke off: nothing knows its credentials.
  await rm(credentialsFile(dataDir), { force: true })
  await createFile(credentialsFile(dataDir), lines.join('\n'))
  return credentials
}
