import { findKey } from '../../access/find-key.ts'
import type { Need } from '../../access/need.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import { keyArn } from '../../keys/key.ts'
import { requireState } from '../../keys/key-state.ts'
import { requirePrimary, settlingMs, withPrimary } from '../../keys/multi-region.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { KeySubject } from '../on-key.ts'
import type { Operation } from '../operation.ts'
import { requireServed } from './served-region.ts'

const name = 'UpdatePrimaryRegion'

type Types = KmsOperations[typeof name]

interface Succession extends KeySubject {
  /** All related keys, the one that is named among them. */
  readonly related: readonly KeyEntry[]
  /** The key in the Region that is to be the primary one; absent where there is none, or it is the key itself. */
  readonly successor: KeyEntry | undefined
}

export const updatePrimaryRegion: Operation<Types['input'], Types['output'], Succession> = {
  service: 'kms',
  name,
  summary: 'Makes the replica in another Region the primary key, and the primary key a replica.',
  defaults: {},
  check: () => undefined,
  async find(input, call, { catalog }) {
    const action = `kms:${name}`
    const { key } = await findKey(input.KeyId, { call, catalog, action, takesAliases: false })
    const related = await relatedKeys(key, catalog)
    const successor = related.find((each) => each !== key && each.key.region === input.PrimaryRegion)
    return { key, keys: [key], related, successor }
  },
  needs: ({ PrimaryRegion }, { key, successor }) =>
    [key, ...(successor === undefined ? [] : [successor])].map(
      (each): Need => ({
        action: `kms:${name}`,
        resource: each.arn,
        key: each,
        named: 'by-caller',
        region: each.key.region,
        facts: { primaryRegion: PrimaryRegion },
      }),
    ),
  require({ PrimaryRegion }, { key, successor }) {
    requireState(name, key)
    requirePrimary(key.key)
    if (PrimaryRegion === key.key.region) {
      throw new Refusal('UnsupportedOperationException', `${key.arn} is the primary key already.`)
    }
    if (successor === undefined) {
      const missing = keyArn({ ...key.key, region: PrimaryRegion })
      throw new Refusal('NotFoundException', `Key '${missing}' does not exist`)
    }
    requireState(name, successor)
  },
  async handle({ input, subject: { key, related, successor }, call, parts, changes, recordElsewhere }) {
    requireServed(input.PrimaryRegion, parts)
    const regions = withPrimary(key.key, input.PrimaryRegion)
    for (const each of related) {
      const isConcerned = each === key || each === successor
      changes.replace('key', each.stored, {
        ...each.key,
        related: regions,
        ...(isConcerned ? { keyState: 'Updating', settlesAt: call.now + settlingMs } : {}),
      })
    }
    if (successor !== undefined) {
      // AWS writes the ARN there, whatever the caller named the key by.
      const asked = { ...input, KeyId: successor.arn }
      recordElsewhere({ region: input.PrimaryRegion, operation: name, input: asked, keys: [successor] })
    }
    return {}
  },
}
