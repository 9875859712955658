import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventTime } from '../../src/audit/event-time.ts'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { JournalLedger } from '../../src/audit/ledger.ts'
import { UsageTracker } from '../../src/audit/usage-tracker.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { defaultKeyPolicy } from '../../src/keys/default-policy.ts'
import { type Key, keyArn } from '../../src/keys/key.ts'
import { Safe } from '../../src/root-key/safe.ts'
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts'
import { ownChance } from '../base/own-chance.ts'

const account = '111122223333'
const keys = ['one', 'two', 'three'].map(
  (keyId): Key => ({
    account,
    region: 'us-east-1',
    keyId,
    policy: { text: defaultKeyPolicy(account), bindings: {} },
    description: '',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    keyManager: 'CUSTOMER',
    keyState: 'Enabled',
    createdAt: 0,
    materials: [],
    tags: [],
  }),
)

/** What may happen: a call on a key, the chore of every minute, or the power going. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      call: fc.constantFrom('Encrypt', 'Decrypt', 'DescribeKey'),
      key: fc.nat(2),
      refused: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant('write' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
)

test('whatever was stored and whenever the process died, the last usage is that of the last record', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const directory = join(await mkdtemp(join(tmpdir(), 'claviger-usage-')), 'audit')
      const store = await openSqliteStore(':memory:')
      const catalog = new Catalog(store, new Safe(new Secret(new Uint8Array(32)), ownChance()))
      await catalog.commit(keys.map((value) => ({ put: 'key', value })))
      const begin = async () => {
        const journal = await openJournal({ directory, segmentBytes: 2000 })
        const tracker = await UsageTracker.open(catalog, journal, 0)
        return {
          journal,
          tracker,
          ledger: new JournalLedger(catalog, journal, (record) => tracker.note(record)),
        }
      }
      const expected = new Map<string, string>()
      let now = 0
      let process = await begin()
      for (const each of steps) {
        now += 1000
        if (each === 'write') await process.tracker.write()
        else if (each === 'crash') {
          await process.journal.close()
          process = await begin()
        } else {
          const key = keys[each.key] as Key
          const eventID = `event-${now}`
          await process.ledger.append(recordOf(each, { key, eventID, now }))
          if (!each.refused && each.call !== 'DescribeKey') expected.set(key.keyId, eventID)
        }
      }
      for (const key of keys) {
        expect((await process.tracker.find(key))?.eventId).toBe(expected.get(key.keyId))
      }
      await process.journal.close()
      await store.close()
    }),
    { numRuns: 60 },
  )
})

function recordOf(
  { call, refused }: { call: string; refused: boolean },
  { key, eventID, now }: { key: Key; eventID: string; now: number },
) {
  return {
    eventID,
    eventTime: eventTime(now),
    eventName: call,
    eventSource: 'kms.amazonaws.com',
    requestID: `request-${now}`,
    ...(refused && { errorCode: 'AccessDenied' }),
    resources: [{ ARN: keyArn(key) }],
  }
}
