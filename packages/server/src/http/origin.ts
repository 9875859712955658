import { type BlockList, isIP } from 'node:net'
import { isIn } from '../base/network.ts'
import type { Connection } from '../call/call.ts'
import type { VpcEndpoint } from '../call/vpc-endpoint.ts'
import { HeadFields } from './head-fields.ts'

/** Whom to believe about where a request came from. */
export interface Origins {
  /** Absent where nobody is trusted. */
  readonly proxies?: BlockList
  readonly byNetwork: readonly { readonly endpoint: VpcEndpoint; readonly list: BlockList }[]
  /** The endpoint that everything at this address came through. */
  readonly here?: VpcEndpoint
}

/** What a connection is known by, the same for everything that comes over it. */
interface Peer {
  readonly address: string
  readonly tls?: Connection['tls']
  /** The endpoint that it came through, should nobody speak for somebody else. */
  readonly endpoint?: VpcEndpoint
}

/** Where the requests of one connection come from: found out once, as far as it holds for all of them. */
export class Origin {
  readonly #peer: Peer
  readonly #origins: Origins
  #last: Heard | undefined

  constructor(address: string, tls: Connection['tls'], origins: Origins) {
    const endpoint = endpointOf(plain(address), origins)
    this.#peer = { address: plain(address), ...(tls && { tls }), ...(endpoint && { endpoint }) }
    this.#origins = origins
  }

  /**
   * Where a request came from, as far as its connection and those we trust can tell. The same object for requests that
   * say the same of it one after the other, as nearly all over a connection do.
   */
  of(fields: ReadonlyMap<string, string>): Connection {
    const said: Said = {
      forwarded: this.#origins.proxies && fields.get('x-forwarded-for'),
      userAgent: fields.get('user-agent'),
      referer: fields.get('referer'),
      host: fields.get('host'),
    }
    if (this.#last !== undefined && isSame(this.#last.said, said)) return this.#last.connection
    const connection = connectionOf(this.#peer, said, this.#origins)
    // Of others than usual heads nothing is kept.
    this.#last = fields instanceof HeadFields ? { said, connection } : undefined
    return connection
  }
}

/** What a request says of where it came from, as far as we listen to it. */
interface Said {
  /** Absent where nobody is trusted to say it. */
  readonly forwarded: string | undefined
  readonly userAgent: string | undefined
  readonly referer: string | undefined
  readonly host: string | undefined
}

/** What one said, and what was made of it. */
interface Heard {
  readonly said: Said
  readonly connection: Connection
}

const isSame = (one: Said, other: Said) =>
  one.userAgent === other.userAgent &&
  one.host === other.host &&
  one.forwarded === other.forwarded &&
  one.referer === other.referer

function connectionOf(
  peer: Peer,
  { forwarded, userAgent, referer, host }: Said,
  origins: Origins,
): Connection {
  const { address, tls } = peer
  const sourceIp =
    origins.proxies && forwarded !== undefined ? callerIn(forwarded, address, origins.proxies) : address
  const endpoint = sourceIp === address ? peer.endpoint : endpointOf(sourceIp, origins)
  return {
    sourceIp,
    ...(endpoint && { endpoint }),
    userAgent: userAgent ?? '',
    ...(referer !== undefined && { referer }),
    host: host ?? '',
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
