type OnFault = (error: unknown) => void

/**
 * What an application gave is called so: what it throws goes to `onFault` and to nobody else. A callback may be `async`
 * where its type says `void`; then the same goes for what it rejects with, which would end the process.
 */
export function quietly<A extends readonly unknown[]>(
  call: (...given: A) => unknown,
  onFault: OnFault,
): (...given: A) => void {
  return (...given) => {
    try {
      heed(call(...given), onFault)
    } catch (error) {
      onFault(error)
    }
  }
}

/** An answer that nobody waits for. */
export function heed(answer: unknown, onFault: OnFault): void {
  if (answer instanceof Promise) answer.catch(onFault)
}

export const ignore: OnFault = () => undefined
