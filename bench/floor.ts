import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What Node alone costs: a bare `node:http` server that parses a JSON body and answers JSON, and does nothing
 * else. The body read in one piece and the headers written from a list are as in our own listener, so that
 * the difference between the two is the service and not a style of using Node.
 *
 *     node bench/floor.ts <bytes of an answer>
 */

const answerBytes = Number(process.argv[2] ?? 400)

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
    const answer = Buffer.from(JSON.stringify(echo(JSON.parse(body.toString()))))
    response.writeHead(200, [
      'Content-Type',
      'application/x-amz-json-1.1',
      'Content-Length',
      String(answer.length),
    ])
    response.end(answer)
  })
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`the floor is at http://127.0.0.1:${port}\n`)
})

process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})

let filler: string | undefined

/** Gives back the key's name, with as much beside it as our own answers hold. */
function echo({ KeyId }: { readonly KeyId: string }): object {
  filler ??= 'x'.repeat(Math.max(0, answerBytes - JSON.stringify({ KeyId, CiphertextBlob: '' }).length))
  return { KeyId, CiphertextBlob: filler }
}
