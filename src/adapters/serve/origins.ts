const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/**
 * Whom a rate or a cap is counted for: an IPv4 address, or the /64 of an IPv6 one, since whoever has one of those has
 * all of its addresses.
 */
export function originOf(address: string | undefined): string {
  if (address === undefined) return ''
  const mapped = MAPPED.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!address.includes(':')) return address
  const [plain = ''] = address.toLowerCase().split('%')
  const [left = '', right] = plain.split('::')
  const before = groupsOf(left)
  const after = groupsOf(right ?? '')
  const zeros = right === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after]
  return `${all.slice(0, 4).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map(group => group.replace(/^0+(?=.)/, ''))
}
