import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginning, type Cursor, CursorFile } from '../../../src/audit/sinks/cursor-file.ts'
import { emptyDirectory } from '../../crash/process.ts'

const cursorAt = (sequence: number): Cursor => ({ taken: { sequence, hash: 'a'.repeat(64) } })

async function written(count: number): Promise<string> {
  const path = join(await emptyDirectory(), 'cursor')
  const file = await CursorFile.open(path)
  for (let sequence = 1; sequence <= count; sequence += 1) file.write(cursorAt(sequence))
  await file.close()
  return path
}

async function cursorIn(path: string): Promise<Cursor> {
  const file = await CursorFile.open(path)
  const { cursor } = file
  await file.close()
  return cursor
}

test('a cursor is found again, from the first time that it was written', async () => {
  expect(await cursorIn(await written(0))).toEqual(beginning)
  for (const count of [1, 2, 3, 4]) expect(await cursorIn(await written(count))).toEqual(cursorAt(count))
})

test('a cursor whose writing was cut short is the one before', async () => {
  for (const count of [2, 3, 4]) {
    const path = await written(count)
    const bytes = await readFile(path)
    // Turns are taken in two slots of 512 bytes.
    const slot = bytes.subarray((count % 2) * 512, (count % 2) * 512 + 512)
    expect(slot.toString()).toContain(`"turn":${count},`)
    slot.fill(0, 40)
    await writeFile(path, bytes)
    expect(await cursorIn(path)).toEqual(cursorAt(count - 1))
  }
})

test('what was begun is told until it has ended', async () => {
  const path = await written(1)
  const begun = { upTo: 9, at: 123 }
  const file = await CursorFile.open(path)
  file.write({ ...cursorAt(1), begun })
  await file.close()
  expect(await cursorIn(path)).toEqual({ ...cursorAt(1), begun })
})

test('what was begun before what was taken, or at no time, is forgotten: nothing would ever be sent again', async () => {
  for (const begun of [
    { upTo: 1, at: 123 },
    { upTo: Number.NaN, at: 123 },
    { upTo: 9, at: Number.NaN },
  ]) {
    const path = await written(1)
    const file = await CursorFile.open(path)
    file.write({ ...cursorAt(1), begun })
    await file.close()
    expect(await cursorIn(path)).toEqual(cursorAt(1))
  }
})
