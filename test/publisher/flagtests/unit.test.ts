import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unitInBucket } from '../../../src/publisher/flagtests/unit.ts'
import { bucketOf, seedOf } from '../../../src/rules/hash.ts'

it('finds a unit for any bucket under any salt', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.nat(99_999), fc.constantFrom(0, 99_999)), (salt, bucket) => {
      const unit = unitInBucket(salt, bucket)
      expect(unit).toMatch(/^[!-~]{8}$/)
      expect(bucketOf(unit, seedOf(salt))).toBe(bucket)
    }),
  )
})
