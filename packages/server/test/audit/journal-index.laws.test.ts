import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { JournalIndex } from '../../src/audit/index/journal-index.ts'
import type { TrailPosition, TrailQuery } from '../../src/audit/trail.ts'

const start = Date.UTC(2026, 10, 23)
const [account, region] = ['111122223333', 'us-east-1']
const users = ['alice', 'bob'] as const

/** Seconds jump to and fro: calls end in another order than they begin in, and clocks are set. */
const call = fc.record({
  at: fc.oneof(fc.nat(5), fc.nat(400)),
  user: fc.constantFrom(...users),
  types: fc.array(fc.constantFrom('AWS::KMS::Key', 'AWS::IAM::Role'), { maxLength: 3 }),
})
type Made = typeof call extends fc.Arbitrary<infer T> ? T : never

const question = fc.record(
  {
    from: fc.nat(400),
    to: fc.nat(400),
    user: fc.constantFrom(...users),
    type: fc.constantFrom('AWS::KMS::Key', 'AWS::IAM::Role'),
  },
  { requiredKeys: [] },
)

const record = ({ at, user, types }: Made) => ({
  eventTime: `${new Date(start + at * 1000).toISOString().slice(0, 19)}Z`,
  eventID: 'event',
  eventName: 'Encrypt',
  eventSource: 'kms.amazonaws.com',
  awsRegion: region,
  recipientAccountId: account,
  readOnly: true,
  userIdentity: { type: 'IAMUser', userName: user },
  resources: types.map((type) => ({ type, ARN: 'arn' })),
})

test('an index finds page by page what looking through everything finds, however often it took something in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(call, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      question,
      fc.integer({ min: 1, max: 7 }),
      async (batches, { from, to, user, type }, limit) => {
        const data = await mkdtemp(join(tmpdir(), 'claviger-index-'))
        const directory = join(data, 'audit')
        const journal = await openJournal({ directory })
        const index = await JournalIndex.open(join(data, 'index.db'), directory)
        const all: (Made & { sequence: number })[] = []
        for (const batch of batches) {
          for (const made of batch) {
            await journal.append(record(made))
            all.push({ ...made, sequence: journal.lastSequence() })
          }
          await index.catchUp(journal.length())
        }
        const wanted = all
          .filter(({ at }) => at >= (from ?? 0) && at <= (to ?? 400))
          .filter((made) => (user !== undefined ? made.user === user : !type || made.types.includes(type)))
          .sort((one, other) => other.at - one.at || other.sequence - one.sequence)
          .map(({ sequence }) => sequence)
        const query: Omit<TrailQuery, 'limit' | 'after'> = {
          account,
          region,
          ...(from === undefined ? {} : { from: start + from * 1000 }),
          ...(to === undefined ? {} : { to: start + to * 1000 }),
          ...(user !== undefined
            ? { attribute: { name: 'Username', value: user } }
            : type !== undefined
              ? { attribute: { name: 'ResourceType', value: type } }
              : {}),
        }
        const found: number[] = []
        for (let after: TrailPosition | undefined; ; ) {
          const page = index.find({ ...query, limit, ...(after && { after }) })
          found.push(...page.map(({ sequence }) => sequence))
          after = page.at(-1)
          if (page.length < limit || after === undefined) break
        }
        expect(found).toEqual(wanted)
        index.close()
        await journal.close()
        await rm(data, { recursive: true })
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)
