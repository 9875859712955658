import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A service that is lost after some changes: what stands between clients and the real one. */
export interface BreakingProxy {
  readonly url: string
  /** How many changes go through from now on, before every further one is refused. */
  allow(changes: number): void
  close(): Promise<void>
}

/** Starts one in front of a service. Whatever only looks goes through at all times. */
export async function breakingProxy(service: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(service)
  let left = 0
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray())
    if (isChange(String(incoming.headers['x-amz-target'] ?? ''), body.toString()) && left-- <= 0) {
      outgoing.writeHead(400)
      outgoing.end(incoming.headers['x-amz-target'] === undefined ? inXml : inJson)
      return
    }
    const { method, url: path, headers } = incoming
    const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    allow(changes) {
      left = changes
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const inJson = '{"__type":"Broken","message":"the line is cut"}'
const inXml =
  '<ErrorResponse><Error><Code>Broken</Code><Message>the line is cut</Message></Error></ErrorResponse>'

/** JSON services name the operation in a header, IAM in the form. */
function isChange(target: string, body: string): boolean {
  const name = target.split('.')[1] ?? /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? ''
  return name !== '' && !/^(?:Get|List|Describe)/.test(name)
}
