import { once } from 'node:events'
import { createServer } from 'node:net'
import { CannotStart } from '../base/cannot-start.ts'
import type { ListenAddress } from '../base/network.ts'

/**
 * Requires that nobody listens at an address. Threads that share one would share it with another program of the same
 * user as well, and each would get some of the other's connections.
 *
 * @throws CannotStart
 */
export async function requireFree({ host, port }: ListenAddress): Promise<void> {
  if (port === 0) return
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'something else listens there already' : message
    throw new CannotStart(`cannot listen on ${host}:${port}: ${reason}`, { cause })
  }
  server.close()
  await once(server, 'close')
}
