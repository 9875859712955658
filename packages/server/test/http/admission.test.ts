import { afterEach, beforeEach, expect, test } from 'vitest'
import { Admission } from '../../src/http/admission.ts'

/** Requests that come to a service that does one after the other, with a stopwatch that only they turn. */

let now = 0
let admission: Admission
let log: string[] = []
beforeEach(() => {
  now = 1000
  log = []
  admission = new Admission(() => now, { underWay: 100, waitingBytes: 64 << 20 })
})
afterEach(async () => {
  for (let turns = 0; turns < 200; turns += 1) await nextTurn()
})

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A request that takes so long once it is gone into. */
function come(name: string, ms: number, bytes = 100): void {
  const start = () => {
    now += ms
    log.push(name)
    admission.done()
  }
  if (admission.admit()) start()
  else admission.wait({ bytes, start, refuse: () => void log.push(`${name} refused`) })
}

test('as long as nobody waits, everybody goes in at once', async () => {
  for (let turn = 0; turn < 100; turn += 1) {
    for (const name of ['a', 'b']) come(name, 5)
    expect(log.splice(0)).toEqual(['a', 'b'])
    await nextTurn()
  }
})

test('whoever comes when a turn has been long waits for the next, and goes in before those who come then', async () => {
  for (const name of ['a', 'b', 'c', 'd']) come(name, 15)
  expect(log).toEqual(['a', 'b'])
  come('e', 15)
  await nextTurn()
  await nextTurn()
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('whoever has waited for a second is refused, and takes no time', async () => {
  come('a', 1)
  come('b', 1100)
  for (const name of ['c', 'd']) come(name, 10)
  now += 1001
  await nextTurn()
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c refused', 'd refused'])
  expect(admission.takeRefused()).toBe(2)
  expect(admission.takeRefused()).toBe(0)
})

test('when the line does not empty, those who came last go first', async () => {
  come('a', 30)
  come('b', 30)
  now += 600
  come('c', 30)
  await nextTurn()
  await nextTurn()
  await nextTurn()
  expect(log).toEqual(['a', 'c', 'b'])
})

test('no more are gone into at a time than there is room for; the others follow when there is', async () => {
  admission = new Admission(() => now, { underWay: 2, waitingBytes: 64 << 20 })
  const begun: string[] = []
  for (const name of ['a', 'b', 'c']) {
    if (admission.admit()) begun.push(name)
    else admission.wait({ bytes: 0, start: () => void begun.push(name), refuse: () => undefined })
  }
  expect(begun).toEqual(['a', 'b'])
  admission.done()
  await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
})

test('what waits holds a bounded number of bytes', async () => {
  come('a', 30)
  for (let index = 0; index < 70; index += 1) come(`${index}`, 1, 1 << 20)
  expect(log).toEqual([
    'a',
    '64 refused',
    '65 refused',
    '66 refused',
    '67 refused',
    '68 refused',
    '69 refused',
  ])
})

test('nobody is forgotten: each is answered or refused, once', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${index}`)
  for (const [index, name] of names.entries()) {
    come(name, (index * 7) % 40)
    if (index % 9 === 0) await nextTurn()
  }
  await expect.poll(() => log.length).toBe(1000)
  expect(new Set(log.map((line) => line.split(' ')[0]))).toEqual(new Set(names))
})
