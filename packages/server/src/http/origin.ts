import { type BlockList, isIP } from 'node:net'
import { isIn } from '../base/network.ts'
import type { Connection } from '../call/call.ts'
import type { VpcEndpoint } from '../call/vpc-endpoint.ts'

/** Whom to believe about where a request came from. */
export interface Origins {
  /** Absent where nobody is trusted. */
  readonly proxies?: BlockList
  readonly byNetwork: readonly { readonly endpoint: VpcEndpoint; readonly list: BlockList }[]
  /** The endpoint that everything at this address came through. */
  readonly here?: VpcEndpoint
}

/** What a connection is known by, the same for everything that comes over it. */
export interface Peer {
  readonly address: string
  readonly tls?: Connection['tls']
  /** The endpoint that it came through, should nobody speak for somebody else. */
  readonly endpoint?: VpcEndpoint
}

/** Finds out once what holds for all requests of a connection. */
export function peerOf(address: string, tls: Connection['tls'], origins: Origins): Peer {
  const endpoint = endpointOf(plain(address), origins)
  return { address: plain(address), ...(tls && { tls }), ...(endpoint && { endpoint }) }
}

/** Where a request came from, as far as its connection and those we trust can tell. */
export function connectionOf(peer: Peer, fields: ReadonlyMap<string, string>, origins: Origins): Connection {
  const { address, tls } = peer
  const forwarded = origins.proxies && fields.get('x-forwarded-for')
  const sourceIp =
    origins.proxies && forwarded !== undefined ? callerIn(forwarded, address, origins.proxies) : address
  const endpoint = sourceIp === address ? peer.endpoint : endpointOf(sourceIp, origins)
  const referer = fields.get('referer')
  return {
    sourceIp,
    ...(endpoint && { endpoint }),
    userAgent: fields.get('user-agent') ?? '',
    ...(referer !== undefined && { referer }),
    host: fields.get('host') ?? '',
    ...(tls && { tls }),
  }
}

function endpointOf(address: string, { here, byNetwork }: Origins): VpcEndpoint | undefined {
  return here ?? byNetwork.find(({ list }) => isIn(list, address))?.endpoint
}

/**
 * The caller's address. A proxy that is trusted says for whom it speaks; of a chain of them the first from our end
 * that is not trusted is the caller, since everything before it is only what somebody claimed.
 */
function callerIn(forwarded: string, peer: string, proxies: BlockList): string {
  let address = peer
  const chain = forwarded.split(',').map((each) => each.trim())
  while (isIn(proxies, address)) {
    const before = chain.pop()
    if (before === undefined || isIP(before) === 0) break
    address = plain(before)
  }
  return address
}

/** IPv4 that came over an IPv6 socket is still IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}
