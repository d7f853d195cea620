/** Where a head stands. Sequences count within an epoch. */
interface Standing {
  readonly epoch: number
  readonly sequence: number
}

/** Whether one head was made after another. */
export function isLater(one: Standing, other: Standing): boolean {
  return one.epoch === other.epoch ? one.sequence > other.sequence : one.epoch > other.epoch
}
