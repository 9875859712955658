import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Catalog } from '../../src/catalog/catalog.ts'
import type { KeyEntry } from '../../src/catalog/key-entry.ts'
import { Secret } from '../../src/crypto/secret.ts'
import type { GrantRecord } from '../../src/keys/grant.ts'
import { keyArn } from '../../src/keys/key.ts'
import { Safe } from '../../src/root-key/safe.ts'
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts'
import { ownChance } from '../base/own-chance.ts'

const keyIds = ['one', 'other'] as const
const names = ['alice', 'bob', 'carol'] as const
const place = (keyId: string) => ({ account: '111122223333', region: 'us-east-1', keyId })
const entry = (keyId: string) => ({ arn: keyArn(place(keyId)), key: place(keyId) }) as object as KeyEntry
const grantIds = ['a', 'b', 'c', 'd'] as const

type Step =
  | { readonly kind: 'give'; readonly keyId: string; readonly grantId: string; readonly to: string }
  | { readonly kind: 'take'; readonly keyId: string; readonly grantId: string }
  | { readonly kind: 'ask'; readonly keyId: string; readonly names: readonly string[] }

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('give' as const),
    keyId: fc.constantFrom(...keyIds),
    grantId: fc.constantFrom(...grantIds),
    to: fc.constantFrom(...names),
  }),
  fc.record({
    kind: fc.constant('take' as const),
    keyId: fc.constantFrom(...keyIds),
    grantId: fc.constantFrom(...grantIds),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    keyId: fc.constantFrom(...keyIds),
    names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
  }),
)

test('whoever asks is told the grants as of now, whatever was asked and changed before', async () => {
  const sequences = fc.array(steps, { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const store = await openSqliteStore(':memory:')
      const catalog = new Catalog(store, new Safe(new Secret(new Uint8Array(32)), ownChance()))
      const given = new Map<string, string>()
      for (const step of sequence) {
        const { keyId } = step
        if (step.kind === 'give') {
          const { grantId, to: granteePrincipal } = step
          const grant = { ...place(keyId), grantId, granteePrincipal, operations: ['Encrypt'], createdAt: 0 }
          await catalog.commit([{ put: 'grant', value: grant as object as GrantRecord }])
          given.set(`${keyId} ${grantId}`, granteePrincipal)
        } else if (step.kind === 'take') {
          const { account, region } = place(keyId)
          await catalog.commit([{ remove: 'grant', key: [account, region, keyId, step.grantId] }])
          given.delete(`${keyId} ${step.grantId}`)
        } else {
          const told = await catalog.grants(entry(keyId), step.names)
          const wanted = grantIds.filter((grantId) =>
            step.names.some((name) => given.get(`${keyId} ${grantId}`) === name),
          )
          expect(told.map(({ grantId }) => grantId).toSorted()).toEqual(wanted)
        }
      }
      await store.close()
    }),
    { numRuns: 60 },
  )
})
