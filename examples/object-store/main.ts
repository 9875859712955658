import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './object-store.ts'
import { Shelf } from './shelf.ts'

/** Starts the object store by what its environment says. */

const { env } = process
const service = {
  endpoint: env.CLAVIGER_URL ?? 'http://127.0.0.1:8420',
  region: env.AWS_REGION ?? 'us-east-1',
  credentials: {
    accessKeyId: env.SERVICE_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.SERVICE_SECRET_ACCESS_KEY ?? '',
  },
}
const shelf = new Shelf(env.OBJECTS ?? 'objects')

const server = createServer(async (request, response) => {
  const { status, headers = {}, body } = await answer(request, { service, shelf })
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
})
server.listen(Number(env.PORT ?? 9000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`objects are kept at http://127.0.0.1:${port}\n`)
})
