import { dataKeyInput, encryptInput, type Furnished } from './furnish.ts'
import type { OtherEndpoint } from './other-endpoint.ts'
import type { Server } from './server-process.ts'
import { type Credentials, signedBytes } from './signed-request.ts'

/** One thing to be measured: a server, and what to ask of it. */
export interface Load {
  readonly name: string
  readonly server: Server
  /** Requests signed now, enough of them that no cache of whole requests would help. */
  requests(): readonly Uint8Array[]
  /** How many connections, where it is not as many as asked for. */
  readonly connections?: number
  /** Whether others with as many connections are compared with it. */
  readonly isFloor?: true
  /** Sent in an open loop, half as often as the load of this name was answered in the same round. */
  readonly halfOf?: string
}

const requestCount = 1000

/** As many connections as a service with many clients has. */
const manyConnections = 256

export const floorName = 'node:http JSON echo'

type Operation = readonly [name: string, input: (index: number) => object]

/** What is asked of a server that has these keys. */
function operationsOn(keyIds: readonly string[], sealed: readonly object[]): readonly Operation[] {
  return [
    ['Encrypt', (index) => encryptInput(keyIds, index)],
    ['Decrypt', (index) => sealed[index % sealed.length] ?? {}],
    ['GenerateDataKey', (index) => dataKeyInput(keyIds, index)],
  ]
}

/**
 * Every operation twice: by the root user, whom the default key policy allows by itself, and by a user, for whom it
 * hands the question on to an identity policy. The floor gets the requests of one of them.
 */
export function loadsOf(
  { floor, claviger }: { readonly floor: Server; readonly claviger: Server },
  { keyIds, sealed, user, root }: Furnished & { readonly root: Credentials },
): readonly Load[] {
  const operations = operationsOn(keyIds, sealed)
  const [encrypt] = operations
  const principals: readonly [string, Credentials][] = [
    ['root', root],
    ['a user', user],
  ]
  const byUser = 'Encrypt by a user'
  const many = { connections: manyConnections }
  return [
    { ...load(floorName, floor, encrypt, root), isFloor: true },
    ...operations.flatMap((operation) =>
      principals.map(([principal, credentials]) =>
        load(`${operation[0]} by ${principal}`, claviger, operation, credentials),
      ),
    ),
    { ...load(`${floorName}, half as often`, floor, encrypt, root), halfOf: floorName },
    { ...load(`${byUser}, half as often`, claviger, encrypt, user), halfOf: byUser },
    { ...load(`${floorName}, ${manyConnections} connections`, floor, encrypt, root), ...many, isFloor: true },
    { ...load(`${byUser}, ${manyConnections} connections`, claviger, encrypt, user), ...many },
  ]
}

/** The same of another server. */
export function loadsOfEndpoint(endpoint: OtherEndpoint): readonly Load[] {
  const { name, server, credentials, keyIds, sealed } = endpoint
  return operationsOn(keyIds, sealed).map((operation) =>
    load(`${operation[0]} at ${name}`, server, operation, credentials),
  )
}

/** The loads that have something in their name, and those that they are compared with or follow from. */
export function chosen(loads: readonly Load[], only: string): readonly Load[] {
  const named = loads.filter(({ name, isFloor }) => !isFloor && name.includes(only))
  const isHalf = named.some(({ halfOf }) => halfOf !== undefined)
  const wanted = new Set(named.flatMap(({ name, halfOf }) => [name, halfOf]))
  const counts = new Set(named.map(({ connections }) => connections))
  return loads.filter(({ name, isFloor, connections, halfOf }) => {
    if (isFloor) return connections === undefined || counts.has(connections)
    return wanted.has(name) || (isHalf && halfOf === floorName)
  })
}

function load(
  name: string,
  server: Server,
  operation: Operation | undefined,
  credentials: Credentials,
): Load {
  const [operationName = '', input = () => ({})] = operation ?? []
  const host = `${server.host}:${server.port}`
  return {
    name,
    server,
    requests: () =>
      Array.from({ length: requestCount }, (_, index) =>
        signedBytes({ host, operation: operationName, input: input(index), credentials, now: Date.now() }),
      ),
  }
}
