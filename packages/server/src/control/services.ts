import type { Ledger } from '../audit/ledger.ts'
import { operatorEvent } from '../audit/service-event.ts'
import type { Chance } from '../base/chance.ts'
import type { Clock } from '../base/clock.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { newSecretAccessKey } from '../identity/access-key.ts'
import {
  newServiceAccessKeyId,
  problemWithServiceName,
  type ServiceCredential,
  serviceCredentialsMost,
} from '../identity/service-principal.ts'
import { isServiceName } from '../protocol/services.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Change, Stored } from '../storage/store.ts'

/** What registering services takes. */
export interface Registry {
  readonly catalog: Catalog
  readonly ledger: Ledger
  readonly safe: Safe
  readonly chance: Chance
  readonly clock: Clock
  readonly managementAccount: string
  readonly region: string
}

/** What became of a wish; a sentence where it could not be. */
export type ServiceAnswer =
  | { readonly kind: 'added'; readonly accessKeyId: string; readonly secretAccessKey: string }
  | { readonly kind: 'removed'; readonly accessKeyIds: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }

/** A service as it is listed: what it signs with, and when it last did. */
export interface ServiceListing {
  readonly service: string
  readonly accessKeyId: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly lastUsedAt?: string
}

/** Gives a service credentials of its own, which makes it one. The secret is told now and never again. */
export async function addService(service: string, registry: Registry): Promise<ServiceAnswer> {
  const { safe, chance, clock, catalog } = registry
  const problem = problemWithServiceName(service, isServiceName)
  if (problem !== undefined) return { kind: 'refused', reason: problem }
  if ((await credentialsOf(service, catalog)).length >= serviceCredentialsMost) {
    const reason = `${service} has ${serviceCredentialsMost} credentials, and no service has more; remove one`
    return { kind: 'refused', reason }
  }
  const accessKeyId = newServiceAccessKeyId(chance)
  const secretAccessKey = newSecretAccessKey(chance)
  const sealedSecret = safe.sealServiceSecret({ service, accessKeyId }, secretAccessKey)
  const value: ServiceCredential = { accessKeyId, service, sealedSecret, createdAt: clock.now() }
  await commit('AddService', { service, accessKeyId }, registry, [
    { put: 'serviceCredential', value, expected: 'absent' },
  ])
  return { kind: 'added', accessKeyId, secretAccessKey }
}

/** Ends one of a service's credentials or all, and with them every session it was given for users. */
export async function removeService(
  { service, accessKeyId }: { readonly service: string; readonly accessKeyId?: string | undefined },
  registry: Registry,
): Promise<ServiceAnswer> {
  const all = await credentialsOf(service, registry.catalog)
  const meant = all.filter(({ value }) => accessKeyId === undefined || value.accessKeyId === accessKeyId)
  if (meant.length === 0) {
    const what = accessKeyId === undefined ? service : `${service} with the access key id ${accessKeyId}`
    return { kind: 'refused', reason: `there is no service ${what}` }
  }
  for (const { value, version } of meant) {
    await commit('RemoveService', { service, accessKeyId: value.accessKeyId }, registry, [
      { remove: 'serviceCredential', key: [value.accessKeyId], expected: version },
    ])
  }
  return { kind: 'removed', accessKeyIds: meant.map(({ value }) => value.accessKeyId) }
}

/** Every credential of every service, by the service's name. */
export async function listServices({
  catalog,
}: Pick<Registry, 'catalog'>): Promise<readonly ServiceListing[]> {
  const all = await catalog.store.list('serviceCredential', {
    index: 'service',
    prefix: [],
    limit: Number.MAX_SAFE_INTEGER,
  })
  return Promise.all(
    all.map(async ({ value: { service, accessKeyId, createdAt } }) => {
      const use = await catalog.lastUses.find(accessKeyId)
      return {
        service,
        accessKeyId,
        createdAt: new Date(createdAt).toISOString(),
        ...(use !== undefined && { lastUsedAt: new Date(use.at).toISOString() }),
      }
    }),
  )
}

function credentialsOf(service: string, { store }: Catalog): Promise<readonly Stored<ServiceCredential>[]> {
  return store.list('serviceCredential', { index: 'service', prefix: [service], limit: 1000 })
}

function commit(
  name: 'AddService' | 'RemoveService',
  parameters: Readonly<Record<string, string>>,
  { ledger, chance, clock, managementAccount: account, region }: Registry,
  changes: readonly Change[],
): Promise<void> {
  const record = operatorEvent(name, {
    account,
    region,
    now: clock.now(),
    eventId: chance.uuid(),
    parameters,
  })
  return ledger.commit(changes, record)
}
