import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SharedTable } from '../../src/base/shared-table.ts'

const rows = 8
const names = fc.constantFrom(...'abcdefghijkl')
const puts = fc.array(fc.record({ name: names, first: fc.nat(9), second: fc.nat(9) }), { maxLength: 40 })
const never = () => false

test('what was put is found, by every thread, as long as nothing was given up for something else', () => {
  fc.assert(
    fc.property(puts, (all) => {
      const memory = SharedTable.memory(rows)
      const [here, there] = [new SharedTable(memory, 1), new SharedTable(memory, 2)]
      const model = new Map<string, { first: number; second: number }>()
      for (const [index, { name, ...row }] of all.entries()) {
        const isPut = (index % 2 === 0 ? here : there).put(name, row, never)
        expect(isPut).toBe(model.has(name) || model.size < rows)
        if (isPut) model.set(name, row)
        for (const each of 'abcdefghijkl') expect(there.find(each)).toEqual(model.get(each))
      }
    }),
  )
})

test('only a row that may go is given up, the one with the lowest second number', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(100), { minLength: rows, maxLength: rows }),
      fc.nat(100),
      (seconds, limit) => {
        const table = new SharedTable(SharedTable.memory(rows), 1)
        for (const second of seconds) table.put(`row ${second}`, { first: 0, second }, never)
        const isPut = table.put('new', { first: 1, second: 0 }, ({ second }) => second < limit)
        const lowest = Math.min(...seconds)
        expect(isPut).toBe(lowest < limit)
        const kept = seconds.filter((second) => !isPut || second !== lowest)
        for (const second of seconds)
          expect(table.find(`row ${second}`) !== undefined).toBe(kept.includes(second))
      },
    ),
  )
})

/** Adds one to a number many times, reading and putting it by itself. */
const counting = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.table).then(({ SharedTable }) => {
    const table = new SharedTable(workerData.memory, workerData.thread)
    for (let turn = 0; turn < workerData.turns; turn += 1) {
      table.alone(() => {
        const first = (table.find('count')?.first ?? 0) + 1
        table.put('count', { first, second: 0 }, () => false)
      })
    }
    parentPort.postMessage('done')
  })
`

test('threads that count at the same time lose nothing', async () => {
  const memory = SharedTable.memory(rows)
  const table = new URL('../../src/base/shared-table.ts', import.meta.url).href
  const turns = 20_000
  await Promise.all(
    [1, 2].map(async (thread) => {
      const worker = new Worker(counting, { eval: true, workerData: { memory, table, thread, turns } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      await worker.terminate()
    }),
  )
  expect(new SharedTable(memory, 3).find('count')?.first).toBe(2 * turns)
})

test('what a thread held alone when it ended is everybody’s again once that is said', () => {
  const memory = SharedTable.memory(rows)
  const [ended, survivor] = [new SharedTable(memory, 1), new SharedTable(memory, 2)]
  expect(() =>
    ended.alone(() => {
      ended.alone(() => undefined)
    }),
  ).toThrow('a thread takes the lock of a table once')
  // As after a thread that was ended inside: its number stands in the lock.
  new Int32Array(memory)[0] = 1
  survivor.release(1)
  expect(survivor.alone(() => 'free')).toBe('free')
})
