/**
 * IP addresses and ranges. An IPv4 address written into IPv6 (`::ffff:192.0.2.1`) is that IPv4 address, since
 * a dual-stack socket reports it so and a policy about IPv4 must not be passed by because of the spelling.
 */
export interface AddressRange {
  readonly groups: readonly number[]
  readonly groupBits: 8 | 16
  readonly prefixBits: number
}

/** Reads `192.0.2.0/24` or `2001:db8::/32`; an address alone is a range of one. */
export function readAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/')
  const address = readAddress(slash === -1 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  if (slash === -1) return address
  const prefix = readDecimal(text.slice(slash + 1), address.prefixBits)
  return prefix === undefined ? undefined : { ...address, prefixBits: prefix }
}

/** Says whether the address lies in the range; what is no address lies in none. */
export function matchesAddress(range: AddressRange, text: string): boolean {
  const address = readAddress(text)
  if (address === undefined || address.groupBits !== range.groupBits) return false
  return range.groups.every((wanted, index) => {
    const actual = address.groups[index]
    if (actual === undefined) return false
    const bits = Math.min(Math.max(range.prefixBits - index * range.groupBits, 0), range.groupBits)
    return bits === 0 || wanted >> (range.groupBits - bits) === actual >> (range.groupBits - bits)
  })
}

function readAddress(text: string): AddressRange | undefined {
  if (!text.includes(':')) {
    const groups = readFour(text)
    return groups && { groups, groupBits: 8, prefixBits: 32 }
  }
  const groups = readEight(text)
  if (groups === undefined) return undefined
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!mapped) return { groups, groupBits: 16, prefixBits: 128 }
  const [high = 0, low = 0] = groups.slice(6)
  return { groups: [high >> 8, high & 255, low >> 8, low & 255], groupBits: 8, prefixBits: 32 }
}

function readFour(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const groups = parts.map((part) => readDecimal(part, 255))
  return groups.every((group) => group !== undefined) ? groups : undefined
}

function readEight(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [front, back] = halves.map(readGroups)
  if (front === undefined) return undefined
  if (halves.length === 1) return front.length === 8 ? front : undefined
  if (back === undefined || front.length + back.length > 7) return undefined
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function readGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const four = readFour(part)
      if (four === undefined) return undefined
      const [first = 0, second = 0, third = 0, fourth = 0] = four
      groups.push((first << 8) | second, (third << 8) | fourth)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

function readDecimal(text: string, max: number): number | undefined {
  if (!/^[0-9]{1,3}$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}
