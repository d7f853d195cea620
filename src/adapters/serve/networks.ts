import { BlockList, isIP } from 'node:net'
import { EnsignError } from '../../base/errors.ts'

/** `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`: who may ask. An IPv4 address that comes mapped into IPv6 is the same one. */
export function allowList(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits, surplus] = network.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (family === 0 || surplus !== undefined || !(prefix <= most)) {
      throw new EnsignError('serve_options', `not a network: ${network}`)
    }
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  }
  return address => {
    const family = address === undefined ? 0 : isIP(address)
    return family !== 0 && list.check(address!, family === 6 ? 'ipv6' : 'ipv4')
  }
}
