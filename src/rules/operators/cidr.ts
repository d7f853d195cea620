/** Eight groups of 16 bits for IPv6, two for IPv4; `::ffff:a.b.c.d` is IPv4. */
type Address = readonly number[]

export interface Network {
  readonly address: Address
  readonly prefix: number
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const GROUP = /^[0-9A-Fa-f]{1,4}$/

/** `10.0.0.0/8`, `2001:db8::/32`, or an address alone; bits behind the prefix are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const [host, prefix, more] = text.split('/')
  const groups = parseGroups(host!)
  if (groups === undefined || more !== undefined) return undefined
  const bits = groups.length * 16
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined
  const length = prefix === undefined ? bits : Number(prefix)
  if (length > bits) return undefined
  return isMapped(groups) && length >= 96
    ? { address: groups.slice(6), prefix: length - 96 }
    : { address: groups, prefix: length }
}

/** Undefined for zones, ports, leading zeros and whatever else is no plain address. */
export function parseAddress(text: string): Address | undefined {
  const groups = parseGroups(text)
  return groups !== undefined && isMapped(groups) ? groups.slice(6) : groups
}

export function contains(network: Network, address: Address): boolean {
  if (address.length !== network.address.length) return false
  for (let bit = 0, i = 0; bit < network.prefix; bit += 16, i++) {
    const kept = Math.min(16, network.prefix - bit)
    if ((address[i]! ^ network.address[i]!) >> (16 - kept) !== 0) return false
  }
  return true
}

function isMapped(groups: Address): boolean {
  return groups.length === 8 && groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)
}

function parseGroups(text: string): Address | undefined {
  if (text.length > 45) return undefined
  if (!text.includes(':')) return parseV4(text)
  // An IPv4 address may stand at the very end, for two groups.
  const last = text.lastIndexOf(':') + 1
  const v4 = parseV4(text.slice(last))?.map(group => group.toString(16))
  const [head = [], tail, more] = (v4 === undefined ? text : text.slice(0, last) + v4.join(':'))
    .split('::')
    .map(half => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined
  const groups = tail === undefined ? head : [...head, ...new Array<string>(missing).fill('0'), ...tail]
  return groups.every(group => GROUP.test(group)) ? groups.map(group => Number.parseInt(group, 16)) : undefined
}

function parseV4(text: string): number[] | undefined {
  const found = V4.exec(text)
  if (found === null) return undefined
  const bytes = found.slice(1).map(Number)
  if (bytes.some((byte, i) => byte > 255 || String(byte) !== found[i + 1])) return undefined
  return [(bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!]
}
