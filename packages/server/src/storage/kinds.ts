import type { StoredDenial } from '../access/stored-denial.ts'
import type { PendingRecord } from '../audit/pending-record.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { Account } from '../identity/account.ts'
import type { User, UserPolicy } from '../identity/user.ts'
import type { Alias } from '../keys/alias.ts'
import { nextDue } from '../keys/due.ts'
import type { GrantRecord } from '../keys/grant.ts'
import type { Key } from '../keys/key.ts'
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
  account: row<Account>()({ table: 'accounts', key: ['accountId'], indexes: {} }),
  user: row<User>()({
    table: 'users',
    key: ['account', 'uniqueId'],
    indexes: {
      // IAM keeps a name as written, but no two that differ in case alone.
      name: { unique: true, columns: ['account', text('lower_name', (user) => user.name.toLowerCase())] },
      // A policy may name a principal by this alone, without the account.
      uniqueId: { unique: true, columns: ['uniqueId'] },
    },
  }),
  userPolicy: row<UserPolicy>()({ table: 'user_policies', key: ['account', 'userId', 'name'], indexes: {} }),
  accessKey: row<AccessKey>()({
    table: 'access_keys',
    key: ['accessKeyId'],
    indexes: { owner: { columns: ['account', 'owner'] } },
  }),
  key: row<Key>()({
    table: 'keys',
    key: ['account', 'region', 'keyId'],
    indexes: {
      due: { columns: [integer('due_at', (key) => nextDue(key)?.at)] },
      keyStore: { columns: ['account', 'region', text('key_store_id', (key) => key.keyStore?.storeId)] },
    },
  }),
  keyMaterial: row<KeyMaterial>()({
    table: 'key_materials',
    key: ['account', 'region', 'keyId', 'materialId'],
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
export const formatVersion = 2

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
