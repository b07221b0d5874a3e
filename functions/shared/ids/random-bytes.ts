import { randomFillSync } from 'node:crypto'

/** The bytes per system call: each call takes some 5 microseconds, whether for a thousand bytes or for eight. */
const POOL_BYTES = 1024

/**
 * Creates a source of random bytes from a pool, in which each byte is used once and then erased.
 *
 * @param fill fills a buffer with random bytes.
 */
export function pooled(fill: (pool: Buffer) => unknown): (size: number) => Buffer {
  const pool = Buffer.alloc(POOL_BYTES)
  let next = POOL_BYTES
  return (size) => {
    if (size > POOL_BYTES) {
      const large = Buffer.alloc(size)
      fill(large)
      return large
    }
    if (next + size > POOL_BYTES) {
      fill(pool)
      next = 0
    }
    const bytes = Buffer.from(pool.subarray(next, next + size))
    pool.fill(0, next, next + size)
    next += size
    return bytes
  }
}

/** Returns random bytes as unpredictable as those of `randomBytes` of `node:crypto`, for ids, versions and salts. */
export const randomBytes = pooled((pool) => randomFillSync(pool))
