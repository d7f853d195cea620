/** More at once gain nothing: a disk that is asked to make files durable does so for several of them at a time. */
const WIDTH = 16

/** Does the work for each item, several at a time; what fails first is thrown once nothing is under way any more. */
export async function eachAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items[Symbol.iterator]()
  const failures: unknown[] = []
  const worker = async () => {
    for (let next = rest.next(); !next.done && failures.length === 0; next = rest.next()) {
      await work(next.value).catch(error => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  if (failures.length > 0) throw failures[0]
}

/** Both at once. What fails is thrown once neither is under way any more. */
export async function together<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other])
  return Promise.all([one, other])
}
