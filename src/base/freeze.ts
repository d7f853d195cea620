/** What is handed out as it is, to everyone. Not by recursion: nobody caps how deep some of it is. */
export function deepFreeze<T>(root: T): T {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) continue
    Object.freeze(value)
    for (const member of Object.values(value)) waiting.push(member)
  }
  return root
}
