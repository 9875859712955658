import { BlockList, isIP } from 'node:net'

/** An address and port that somebody listens at. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** `127.0.0.1:8420` or `[::1]:8420`, read; `undefined` for what is neither. */
export function parseListenAddress(written: string): ListenAddress | undefined {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(written) ?? []
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return bare === '' || Number(port) > 65_535 ? undefined : { host: bare, port: Number(port) }
}

/** Whether it is an address, or a network as in 10.0.0.0/8. */
export function isNetwork(written: string): boolean {
  const [address = '', bits, ...rest] = written.split('/')
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  return family !== 0 && rest.length === 0 && isLength
}

/** Networks in the form that addresses are looked up in. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = familyOf(address)
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  return list
}

export function isIn(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address))
}

/** Whether there is an address that is in both. */
export function doOverlap(one: string, other: string): boolean {
  const startOf = (network: string) => network.split('/')[0] ?? ''
  return isIn(networkList([one]), startOf(other)) || isIn(networkList([other]), startOf(one))
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
