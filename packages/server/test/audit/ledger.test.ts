import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import type { Journal } from '../../src/audit/journal.ts'
import { type EventRecord, JournalLedger, Unrecorded } from '../../src/audit/ledger.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { Secret } from '../../src/crypto/secret.ts'
import type { Account } from '../../src/identity/account.ts'
import { Safe } from '../../src/root-key/safe.ts'
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts'
import { type Store, VersionMoved } from '../../src/storage/store.ts'
import { ownChance } from '../base/own-chance.ts'

let directory: string
let store: Store
let journal: Journal
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claviger-ledger-'))
  store = await openSqliteStore(':memory:')
  journal = await openJournal({ directory: join(directory, 'audit') })
})
afterEach(async () => {
  await journal.close()
  await store.close()
  await rm(directory, { recursive: true })
})

const catalog = () => new Catalog(store, new Safe(new Secret(new Uint8Array(32)), ownChance()))
const account = (accountId: string): Account => ({ accountId, name: accountId, createdAt: 0 })
const adding = (accountId: string) =>
  [{ put: 'account', value: account(accountId), expected: 'absent' }] as const
const event = (eventID: string): EventRecord => ({
  eventID,
  eventTime: '2026-11-23T12:00:00Z',
  eventName: 'Test',
})

/** A journal as it is after the disk filled up, until somebody makes room. */
function journalWithoutRoom(real: Journal): Journal & { makeRoom(): void } {
  let room = false
  const refuse = () => Promise.reject(new Error('no space left on device'))
  return {
    append: (record) => (room ? real.append(record) : refuse()),
    appendWritten: (records) => (room ? real.appendWritten(records) : refuse()),
    findEvents: (events) => real.findEvents(events),
    findRequest: (requestId) => real.findRequest(requestId),
    length: () => real.length(),
    lastSequence: () => real.lastSequence(),
    readAfter: (sequence, visit) => real.readAfter(sequence, visit),
    verify: () => real.verify(),
    close: () => real.close(),
    makeRoom() {
      room = true
    },
  }
}

const pending = () => store.count('pendingRecord', { prefix: [] })

test('a change is made and recorded, and its record does not stay in the store', async () => {
  const ledger = new JournalLedger(catalog(), journal)
  await ledger.commit(adding('111111111111'), event('one'))
  expect(await journal.findEvents([event('one')])).toEqual(new Set(['one']))
  expect(await pending()).toBe(1)
  await ledger.commit(adding('222222222222'), event('two'))
  expect(await pending()).toBe(1)
  await ledger.settle()
  expect(await pending()).toBe(0)
})

test('a change whose record was lost in a crash is recorded at the next start, and only once', async () => {
  const before = new JournalLedger(catalog(), journal)
  await before.commit(adding('111111111111'), event('recorded'))
  // What the store holds when a process dies between the commit and the journal.
  await store.commit([
    ...adding('222222222222'),
    { put: 'pendingRecord', value: { eventId: 'lost', record: event('lost') } },
  ])
  const after = new JournalLedger(catalog(), journal)
  expect(await after.recover()).toBe(1)
  expect(await pending()).toBe(0)
  expect(await new JournalLedger(catalog(), journal).recover()).toBe(0)
  expect(await journal.verify()).toMatchObject({ lines: 2 })
  expect(await journal.findEvents([event('recorded'), event('lost'), event('never')])).toEqual(
    new Set(['recorded', 'lost']),
  )
})

test('while the journal takes no records nothing is changed, and what it owes is put in first when it does', async () => {
  const full = journalWithoutRoom(journal)
  const ledger = new JournalLedger(catalog(), full)
  await expect(ledger.commit(adding('111111111111'), event('first'))).rejects.toThrow(Unrecorded)
  await expect(ledger.commit(adding('222222222222'), event('second'))).rejects.toThrow('no space left')
  expect(await store.find('account', ['222222222222'])).toBeUndefined()
  full.makeRoom()
  await ledger.commit(adding('333333333333'), event('third'))
  expect(await journal.findEvents([event('first'), event('second'), event('third')])).toEqual(
    new Set(['first', 'third']),
  )
})

test('a change with several records is recorded in all of them, also when they had to wait', async () => {
  const full = journalWithoutRoom(journal)
  const ledger = new JournalLedger(catalog(), full)
  const both = [event('here'), event('there')]
  await expect(ledger.commit(adding('111111111111'), ...both)).rejects.toThrow(Unrecorded)
  expect(await pending()).toBe(2)
  full.makeRoom()
  await ledger.append(event('next'))
  await ledger.settle()
  expect(await pending()).toBe(0)
  expect(await journal.findEvents(both)).toEqual(new Set(['here', 'there']))
})

test('a change that somebody else was faster with is neither made nor recorded', async () => {
  const ledger = new JournalLedger(catalog(), journal)
  await ledger.commit(adding('111111111111'), event('one'))
  await expect(ledger.commit(adding('111111111111'), event('late'))).rejects.toThrow(VersionMoved)
  expect(await journal.findEvents([event('late')])).toEqual(new Set())
  await ledger.settle()
  expect(await pending()).toBe(0)
})
