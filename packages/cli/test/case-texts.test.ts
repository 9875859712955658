import { expect, test } from 'vitest'
import { caseTexts, NoCases } from '../src/policy-cases/case-texts.ts'

/** The cases of a text that arrives in pieces of this size. */
async function cut(text: string, size: number): Promise<string[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  const texts: string[] = []
  for await (const one of caseTexts(pieces())) texts.push(one.trim())
  return texts
}

const cases = ['{"id":"a","x":[1,{"cases":[2]}]}', '{"id":"b","y":"],}\\"{["}', '{\n "id": "c"\n}', '7']

const forms: [name: string, text: string, wanted: string[]][] = [
  ['a document on one line', `{"cases":[${cases.join(',')}]}`, cases],
  [
    'a document on many',
    `{\n "source": "[",\n "cases" : [\n${cases.join(',\n')}\n ],\n "more": [{}]\n}\n`,
    cases,
  ],
  [
    'a document with members before its list',
    `{"order":[["cases"],{"cases":[0]}],"cases":[${cases.join(' , ')}]}`,
    cases,
  ],
  ['a document without cases in its list', '{ "cases": [ ] }', []],
  ['lines', '{"id":1}\n\n{"id":2,}\r\n{"id":"\n{"id":3}', ['{"id":1}', '{"id":2,}', '{"id":"', '{"id":3}']],
  ['one line', '{"id":1}', ['{"id":1}']],
  ['lines of which the first is broken', '{"id":"1\n{"id":2}\n', ['{"id":"1', '{"id":2}']],
]

test.each(forms)('%s: cases come out whole, wherever the pieces end', async (_name, text, wanted) => {
  for (const size of [1, 2, 3, 7, 64, text.length]) expect(await cut(text, size)).toEqual(wanted)
})

test.each([
  'hello',
  '',
  '{"id":\n1}',
  '{"cases": 1}\n',
  '[{"id":1}]\n\n',
])('what is no file of cases is refused: %j', async (text) => {
  await expect(async () => {
    const found = await cut(text, 3)
    // A line that is JSON and no case is a case that cannot be read.
    if (found.length > 0) throw new NoCases('')
  }).rejects.toThrow(NoCases)
})

test('a document that breaks off is reported after what could be read of it', async () => {
  const seen: string[] = []
  async function* broken() {
    yield '{"cases":[{"id":1},{"id"'
  }
  await expect(async () => {
    for await (const one of caseTexts(broken())) seen.push(one)
  }).rejects.toThrow('it ends in the middle of the document')
  expect(seen).toEqual(['{"id":1}'])
})
