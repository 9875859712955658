import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveWithProxy } from '../xks/key-stores.ts'
import { isPublished, published } from './kms-model.ts'
import { stateCalls } from './state-calls.ts'
import { type Cell, expectedRefusal, type Origin } from './state-cells.ts'
import { type State, subjectIn } from './state-subjects.ts'

/** AWS's table of key states, walked: every operation on a key in every state that there is. */

type Column = 'PendingDeletion|PendingReplicaDeletion' | State
interface Table {
  readonly operations: Readonly<Record<string, Readonly<Record<Column, Cell>>>>
}

const { operations }: Table = published('key-states.json', { operations: {} })

/** Newer than the table; they use a key as this operation of it does. */
const like = { Encapsulate: operations.Sign, Decapsulate: operations.Sign }
const rows = Object.entries({ ...operations, ...(isPublished ? like : {}) })

const statesByColumn: Readonly<Record<Column, readonly State[]>> = {
  Enabled: ['Enabled'],
  Disabled: ['Disabled'],
  'PendingDeletion|PendingReplicaDeletion': ['PendingDeletion', 'PendingReplicaDeletion'],
  PendingDeletion: [],
  PendingReplicaDeletion: [],
  PendingImport: ['PendingImport'],
  Unavailable: ['Unavailable'],
  Creating: ['Creating'],
  Updating: ['Updating'],
}

/** States that a key cannot be in when it is to have what the operation wants, or be what it is for. */
const unreachable = new Set([
  // No grant is made on a key that is being made, and so none is there.
  'RetireGrant Creating',
  'RevokeGrant Creating',
  // A primary that has a replica to change places with waits for that to be deleted first.
  'UpdatePrimaryRegion PendingDeletion',
  // There is no importing such keys.
  'Encapsulate PendingImport',
  'Decapsulate PendingImport',
])

let world: Awaited<ReturnType<typeof serveWithProxy>>
beforeAll(async () => {
  if (isPublished) world = await serveWithProxy()
})
afterAll(() => world?.close())

/** The kinds of key that a cell tells apart: those of a key store, and those whose material is imported. */
function originsOf(operation: string, state: State, { footnotes }: Cell): readonly Origin[] {
  if (state === 'Unavailable') return ['EXTERNAL_KEY_STORE']
  const usual = stateCalls[operation]?.kind?.Origin === 'EXTERNAL' || state === 'PendingImport'
  const origin: Origin = usual ? 'EXTERNAL' : 'AWS_KMS'
  const isPlain = state === 'Enabled' || state === 'Disabled' || state === 'PendingDeletion'
  if (isPlain && footnotes?.includes(7)) return [origin, 'EXTERNAL_KEY_STORE']
  if (isPlain && footnotes?.includes(9)) return [origin, 'AWS_KMS']
  return [origin]
}

test.skipIf(!isPublished)('every operation of the table is called', () => {
  expect(Object.keys(operations).filter((operation) => stateCalls[operation] === undefined)).toEqual([])
})

describe.skipIf(!isPublished).each(rows)('%s', (operation, row) => {
  const cells = (Object.entries(row ?? {}) as [Column, Cell][]).flatMap(([column, cell]) =>
    statesByColumn[column].flatMap((state) =>
      cell.result === 'n/a' || unreachable.has(`${operation} ${state}`)
        ? []
        : originsOf(operation, state, cell).map((origin) => ({ state, origin, cell })),
    ),
  )
  test.each(cells)('on a key that is $state, of origin $origin', async ({ state, origin, cell }) => {
    const call = stateCalls[operation]
    if (call === undefined) throw new Error(`no call of ${operation}`)
    const subject = await subjectIn(state, { ...call, origin }, world)
    const answered = await call.call(subject).then(
      () => undefined,
      ({ name, message }: Error) => ({ code: name, message }),
    )
    expect(answered).toEqual(expectedRefusal(cell, { state, origin, arn: subject.arn }))
  })
})
