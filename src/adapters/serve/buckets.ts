/** A token bucket for each name, in bounded memory: those that are full again are forgotten. */
export interface Buckets {
  /** 0: it may pass. Else the seconds to wait. */
  take(name: string, now: number): number
}

export interface BucketOptions {
  readonly burst: number
  readonly perSecond: number
  readonly maxNames: number
}

const SWEEP_MS = 1_000

export function createBuckets(options: BucketOptions): Buckets {
  const { burst, perSecond, maxNames } = options
  const buckets = new Map<string, { level: number; at: number }>()
  const levelOf = (bucket: { level: number; at: number }, now: number) =>
    Math.min(burst, bucket.level + (Math.max(0, now - bucket.at) / 1_000) * perSecond)

  let sweptAt = Number.NEGATIVE_INFINITY
  const sweep = (now: number) => {
    if (now - sweptAt >= SWEEP_MS) {
      sweptAt = now
      for (const [name, bucket] of buckets) if (levelOf(bucket, now) >= burst) buckets.delete(name)
    }
    // All of them in use at once is a flood from many addresses; the oldest gets a new bucket then.
    const [oldest] = buckets.keys()
    if (buckets.size >= maxNames && oldest !== undefined) buckets.delete(oldest)
  }

  return {
    take(name, now) {
      let bucket = buckets.get(name)
      if (bucket === undefined) {
        if (buckets.size >= maxNames) sweep(now)
        bucket = { level: burst, at: now }
        buckets.set(name, bucket)
      }
      bucket.level = levelOf(bucket, now)
      bucket.at = now
      if (bucket.level < 1) return Math.ceil((1 - bucket.level) / perSecond)
      bucket.level -= 1
      return 0
    },
  }
}
