import type { StoredDenial } from '../access/stored-denial.ts'
import type { PendingRecord } from '../audit/pending-record.ts'
import type { UsageTracking } from '../audit/usage-tracking.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { Account } from '../identity/account.ts'
import type { AccountAlias } from '../identity/account-alias.ts'
import { type Entity, lowerName } from '../identity/entity.ts'
import type { Group, Membership } from '../identity/group.ts'
import type { InlinePolicy } from '../identity/inline-policy.ts'
import type { InstanceProfile } from '../identity/instance-profile.ts'
import type { LastUse } from '../identity/last-use.ts'
import type { Attachment, ManagedPolicy } from '../identity/managed-policy.ts'
import type { MfaDevice } from '../identity/mfa-device.ts'
import type { OpenIdProvider } from '../identity/open-id-provider.ts'
import type { AccountCreation, Member, Organization, OrganizationalUnit } from '../identity/organization.ts'
import type { OrganizationPolicy, PolicyTarget } from '../identity/organization-policy.ts'
import type { Role, RoleDeletion } from '../identity/role.ts'
import type { ServiceCredential } from '../identity/service-principal.ts'
import type { User } from '../identity/user.ts'
import type { Alias } from '../keys/alias.ts'
import type { CustomKeyStore } from '../keys/custom-key-store.ts'
import { nextDue } from '../keys/due.ts'
import type { GrantRecord } from '../keys/grant.ts'
import type { Key } from '../keys/key.ts'
import type { KeyLastUsage } from '../keys/key-last-usage.ts'
import type { KeyMaterial } from '../keys/key-material.ts'
import type { Installation } from './installation.ts'

/** What a column holds; both sort the same way in every backend: numbers by size, text by its UTF-8 bytes. */
export type Part = string | number

/** A column whose content is taken from the value by a function; where that has nothing, so has the column. */
export interface Extracted<V> {
  readonly column: string
  readonly type: 'text' | 'integer'
  of(value: V): Part | undefined
}

/** A way to list a kind other than by its key. A value without one of the columns is not in the index. */
export interface Index<V> {
  readonly unique?: true
  readonly columns: readonly (TextProperty<V> | Extracted<V>)[]
}

/** A property that is a column as it is. */
type TextProperty<V> = { [P in keyof V]-?: V[P] extends string ? P : never }[keyof V] & string

interface Row<V> {
  readonly table: string
  readonly key: readonly (TextProperty<V> | Extracted<V>)[]
  readonly indexes: Readonly<Record<string, Index<V>>>
}

/** Lets a row be checked against its value's type while the names in it stay known to the compiler. */
function row<V>() {
  return <const R extends Row<V>>(columns: R): R & { readonly value?: V } => columns
}

/**
 * Everything that is stored, one row per kind: its table, the properties that are its key, and the other ways
 * it is listed. To store something new, add a row. The whole value is kept as JSON beside its columns, and the
 * columns are always made from it, so a new index on an old kind needs nothing but its line here.
 */
export const kinds = {
  installation: row<Installation>()({
    table: 'installation',
    key: [text('only', () => 'installation')],
    indexes: {},
  }),
  pendingRecord: row<PendingRecord>()({ table: 'pending_records', key: ['eventId'], indexes: {} }),
  denial: row<StoredDenial>()({
    table: 'denials',
    key: ['requestId'],
    indexes: { time: { columns: [integer('at', (denial) => denial.at)] } },
  }),
  account: row<Account>()({
    table: 'accounts',
    key: ['accountId'],
    // Two accounts never share an address, whatever its case.
    indexes: {
      email: { unique: true, columns: [text('lower_email', (account) => account.email?.toLowerCase())] },
    },
  }),
  organization: row<Organization>()({
    table: 'organization',
    key: [text('only', () => 'organization')],
    indexes: {},
  }),
  member: row<Member>()({
    table: 'members',
    key: ['accountId'],
    indexes: { parent: { columns: ['parentId'] } },
  }),
  organizationalUnit: row<OrganizationalUnit>()({
    table: 'organizational_units',
    key: ['unitId'],
    indexes: { name: { unique: true, columns: ['parentId', 'name'] }, parent: { columns: ['parentId'] } },
  }),
  organizationPolicy: row<OrganizationPolicy>()({
    table: 'organization_policies',
    key: ['policyId'],
    indexes: { name: { unique: true, columns: ['type', 'name'] }, type: { columns: ['type'] } },
  }),
  // Of policies that AWS manages, too.
  policyTarget: row<PolicyTarget>()({
    table: 'policy_targets',
    key: ['targetId', 'policyId'],
    indexes: { policy: { columns: ['policyId'] } },
  }),
  accountCreation: row<AccountCreation>()({ table: 'account_creations', key: ['requestId'], indexes: {} }),
  accountAlias: row<AccountAlias>()({
    table: 'account_aliases',
    key: ['alias'],
    indexes: { account: { unique: true, columns: ['account'] } },
  }),
  user: row<User>()({
    table: 'users',
    key: ['account', 'uniqueId'],
    indexes: { ...entityIndexes<User>(), boundary: boundaryIndex<User>() },
  }),
  group: row<Group>()({ table: 'groups', key: ['account', 'uniqueId'], indexes: entityIndexes<Group>() }),
  role: row<Role>()({
    table: 'roles',
    key: ['account', 'uniqueId'],
    indexes: { ...entityIndexes<Role>(), boundary: boundaryIndex<Role>() },
  }),
  instanceProfile: row<InstanceProfile>()({
    table: 'instance_profiles',
    key: ['account', 'uniqueId'],
    indexes: {
      ...entityIndexes<InstanceProfile>(),
      role: { columns: ['account', text('role_id', (profile) => profile.roleId)] },
    },
  }),
  roleDeletion: row<RoleDeletion>()({ table: 'role_deletions', key: ['account', 'taskId'], indexes: {} }),
  membership: row<Membership>()({
    table: 'memberships',
    key: ['account', 'userId', 'groupId'],
    indexes: { group: { columns: ['account', 'groupId', 'userId'] } },
  }),
  inlinePolicy: row<InlinePolicy>()({
    table: 'inline_policies',
    key: ['account', 'ownerId', 'name'],
    indexes: {},
  }),
  managedPolicy: row<ManagedPolicy>()({
    table: 'managed_policies',
    key: ['account', text('lower_name', lowerName)],
    indexes: { uniqueId: { unique: true, columns: ['uniqueId'] } },
  }),
  // Of policies that AWS manages, too: everybody's have the same ARNs.
  attachment: row<Attachment>()({
    table: 'attachments',
    key: ['account', 'ownerId', 'policyArn'],
    indexes: { policy: { columns: ['account', 'policyArn', 'ownerId'] } },
  }),
  mfaDevice: row<MfaDevice>()({
    table: 'mfa_devices',
    key: ['account', 'serialNumber'],
    indexes: {
      user: { columns: ['account', text('user_id', ({ enabled }) => enabled?.userId), 'serialNumber'] },
    },
  }),
  openIdProvider: row<OpenIdProvider>()({
    table: 'open_id_providers',
    key: ['account', 'place'],
    indexes: {},
  }),
  lastUse: row<LastUse>()({ table: 'last_uses', key: ['id'], indexes: {} }),
  accessKey: row<AccessKey>()({
    table: 'access_keys',
    key: ['accessKeyId'],
    indexes: { owner: { columns: ['account', 'owner'] } },
  }),
  serviceCredential: row<ServiceCredential>()({
    table: 'service_credentials',
    key: ['accessKeyId'],
    indexes: { service: { columns: ['service'] } },
  }),
  key: row<Key>()({
    table: 'keys',
    key: ['account', 'region', 'keyId'],
    indexes: {
      manager: { columns: ['account', 'region', 'keyManager'] },
      due: { columns: [integer('due_at', (key) => nextDue(key)?.at)] },
      // For counting them: no call asks by it.
      state: { columns: [text('state', (key) => key.keyState), text('spec', (key) => key.keySpec)] },
      keyStore: { columns: ['account', 'region', text('key_store_id', (key) => key.keyStore?.storeId)] },
      // Two keys never share a key of the external key manager.
      xksKey: { unique: true, columns: ['account', 'region', text('xks_key', xksKeyOf)] },
    },
  }),
  keyMaterial: row<KeyMaterial>()({
    table: 'key_materials',
    key: ['account', 'region', 'keyId', 'materialId'],
    indexes: {},
  }),
  customKeyStore: row<CustomKeyStore>()({
    table: 'custom_key_stores',
    key: ['account', 'region', 'storeId'],
    indexes: {
      name: { unique: true, columns: ['account', 'region', 'name'] },
      proxy: { unique: true, columns: ['account', 'region', text('proxy_uri', proxyUriOf)] },
    },
  }),
  keyLastUsage: row<KeyLastUsage>()({
    table: 'key_last_usages',
    key: ['account', 'region', 'keyId'],
    indexes: {},
  }),
  usageTracking: row<UsageTracking>()({
    table: 'usage_tracking',
    key: [text('only', () => 'tracking')],
    indexes: {},
  }),
  alias: row<Alias>()({
    table: 'aliases',
    key: ['account', 'region', 'name'],
    indexes: { target: { columns: ['account', 'region', 'targetKeyId', 'name'] } },
  }),
  grant: row<GrantRecord>()({
    table: 'grants',
    key: ['account', 'region', 'keyId', 'grantId'],
    indexes: {
      // A grantee known by its unique id is found by that alone: its ARN may be somebody else's by now.
      grantee: {
        columns: [
          'account',
          'region',
          'keyId',
          text(
            'grantee',
            (grant) => grant.granteeUniqueId ?? grant.granteeServicePrincipal ?? grant.granteePrincipal,
          ),
        ],
      },
      retiring: {
        columns: [
          'region',
          text(
            'retiring',
            (grant) => grant.retiringUniqueId ?? grant.retiringServicePrincipal ?? grant.retiringPrincipal,
          ),
          'grantId',
        ],
      },
      name: { columns: ['account', 'region', 'keyId', text('name', (grant) => grant.name)] },
    },
  }),
}

/**
 * The form of everything stored. Raise it with any change of the table above or of a stored value that an older
 * release would misread: a store written by a newer release is refused.
 */
export const formatVersion = 4

function xksKeyOf({ keyStore }: Key): string | undefined {
  return keyStore?.xksKeyId === undefined ? undefined : `${keyStore.storeId} ${keyStore.xksKeyId}`
}

function proxyUriOf(store: CustomKeyStore): string | undefined {
  return store.type === 'EXTERNAL_KEY_STORE'
    ? `${store.proxy.endpoint.toLowerCase()}${store.proxy.path}`
    : undefined
}

type Kinds = typeof kinds
export type Kind = keyof Kinds
export type ValueOf<K extends Kind> = NonNullable<Kinds[K]['value']>
export type IndexOf<K extends Kind> = keyof Kinds[K]['indexes'] & string

/** A kind's key: as many strings as it has key columns. */
export type KeyOf<K extends Kind> = StringsFor<Kinds[K]['key']>
type StringsFor<Columns extends readonly unknown[]> = { readonly [I in keyof Columns]: string }

function text<V>(column: string, of: (value: V) => string | undefined): Extracted<V> {
  return { column, type: 'text', of }
}

function integer<V>(column: string, of: (value: V) => number | undefined): Extracted<V> {
  return { column, type: 'integer', of }
}

/** How everything that IAM names is found: by its name whatever its case, and by its unique id alone. */
function entityIndexes<V extends Entity>() {
  return {
    name: { unique: true, columns: ['account', text<V>('lower_name', lowerName)] },
    // A policy may name a principal by this, without the account.
    uniqueId: { unique: true, columns: ['uniqueId'] },
  } as const satisfies Record<string, Index<Entity>>
}

/** Whom a managed policy bounds. */
function boundaryIndex<V extends { readonly boundary?: string }>() {
  return { columns: ['account', text<V>('boundary', ({ boundary }) => boundary)] } as const
}
