import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemChance } from '../../src/base/chance.ts'
import { unreadReply } from '../../src/http/unread.ts'
import { type Serving, serve } from '../serving.ts'
import { exchange, send, signed, type Wish } from '../wire/exchange.ts'

/** What is refused for its headers is refused before its body has come. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const spaces = ' '.repeat(100_000)

/** The answer to a request of which only the headers are ever sent. */
async function answerToHead(wish: Wish, ...lines: string[]): Promise<string> {
  const { headers, body } = signed(house, { ...wish, body: `{"NumberOfBytes":8}${spaces}` })
  const fields = Array.from(
    { length: headers.length / 2 },
    (_, at) => `${headers[at * 2]}: ${headers[at * 2 + 1]}`,
  )
  const head = ['POST / HTTP/1.1', ...fields, `Content-Length: ${body.length}`, ...lines, '', '']
  const answer = await exchange(house, Buffer.from(head.join('\r\n')))
  return `${answer.status} ${answer.body}`
}

async function answerToAll(wish: Wish): Promise<string> {
  const answer = await send(house, signed(house, { ...wish, body: `{"NumberOfBytes":8}${spaces}` }))
  return `${answer.status} ${answer.body}`
}

describe('a long body is not waited for', () => {
  const wishes: [title: string, wish: Wish, code: string][] = [
    ['from an access key that nobody has', { accessKeyId: 'AKIANOBODY' }, 'UnrecognizedClientException'],
    ['with a session token that we never gave', { sessionToken: 'token' }, 'UnrecognizedClientException'],
    ['that was signed too long ago', { ahead: -400 }, 'InvalidSignatureException'],
    ['that was signed for another Region', { region: 'eu-west-9' }, 'InvalidSignatureException'],
    ['that was signed for another service', { service: 's3' }, 'InvalidSignatureException'],
  ]
  test.each(wishes)('%s, and is refused in the same words', async (_title, wish, code) => {
    const answer = await answerToHead(wish)
    expect(answer).toContain(code)
    expect(answer).toBe(await answerToAll(wish))
    expect(await answerToHead(wish, 'Expect: 100-continue')).toBe(answer)
  })
})

test('whoever holds a long body back is asked for it when the headers are good', async () => {
  const { headers, body } = signed(house, { body: `{"NumberOfBytes":8}${spaces}` })
  const fields = Array.from(
    { length: headers.length / 2 },
    (_, at) => `${headers[at * 2]}: ${headers[at * 2 + 1]}`,
  )
  const head = [
    'POST / HTTP/1.1',
    ...fields,
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
    '',
    '',
  ]
  const { hostname, port } = new URL(house.url)
  const { connect } = await import('node:net')
  const heard = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(head.join('\r\n')))
    socket.on('data', (bytes) => {
      if (text === '') socket.write(body)
      text += bytes
      if (text.endsWith('}')) socket.destroy()
    })
    socket.on('close', () => resolve(text))
  })
  expect(heard).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/)
})

test('whoever comes when there is too much to do is told so in their own protocol', () => {
  const chance = systemChance()
  const json = unreadReply('overloaded', undefined, { chance })
  expect(json).toMatchObject({ status: 400, contentType: 'application/x-amz-json-1.1' })
  expect(JSON.parse(json.body).__type).toContain('ThrottlingException')
  const fields = new Map([['content-type', 'application/x-www-form-urlencoded; charset=utf-8']])
  const xml = unreadReply('overloaded', { fields }, { chance })
  expect(xml).toMatchObject({ contentType: 'text/xml' })
  expect(xml.body).toContain('<Code>Throttling</Code>')
})
