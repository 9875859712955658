import { dataKeyInput, encryptInput, type Furnished } from './furnish.ts'
import type { ServerProcess } from './server-process.ts'
import { type Credentials, signedBytes } from './signed-request.ts'

/** One thing to be measured: a server, and what to ask of it. */
export interface Load {
  readonly name: string
  readonly server: ServerProcess
  /** Requests signed now, enough of them that no cache of whole requests would help. */
  requests(): readonly Uint8Array[]
}

const requestCount = 1000

export const floorName = 'node:http JSON echo'

/**
 * Every operation twice: by the root user, whom the default key policy allows by itself, and by a user, for whom it
 * hands the question on to an identity policy. The floor gets the requests of one of them.
 */
export function loadsOf(
  { floor, claviger }: { readonly floor: ServerProcess; readonly claviger: ServerProcess },
  { keyIds, sealed, user, root }: Furnished & { readonly root: Credentials },
): readonly Load[] {
  const operations: readonly [string, (index: number) => object][] = [
    ['Encrypt', (index) => encryptInput(keyIds, index)],
    ['Decrypt', (index) => sealed[index % sealed.length] ?? {}],
    ['GenerateDataKey', (index) => dataKeyInput(keyIds, index)],
  ]
  const principals: readonly [string, Credentials][] = [
    ['root', root],
    ['a user', user],
  ]
  const load = (name: string, server: ServerProcess, { operation, input, credentials }: Asked): Load => ({
    name,
    server,
    requests: () =>
      Array.from({ length: requestCount }, (_, index) =>
        signedBytes({
          host: `${server.host}:${server.port}`,
          operation,
          input: input(index),
          credentials,
          now: Date.now(),
        }),
      ),
  })
  const encrypt = { operation: 'Encrypt', input: (index: number) => encryptInput(keyIds, index) }
  return [
    load(floorName, floor, { ...encrypt, credentials: root }),
    ...operations.flatMap(([operation, input]) =>
      principals.map(([principal, credentials]) =>
        load(`${operation} by ${principal}`, claviger, { operation, input, credentials }),
      ),
    ),
  ]
}

interface Asked {
  readonly operation: string
  readonly input: (index: number) => object
  readonly credentials: Credentials
}
