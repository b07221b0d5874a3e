import { randomFillSync } from 'node:crypto'

/** What is asked of the system at once: each time takes some 5 microseconds, for a thousand bytes as for eight. */
const POOL_BYTES = 1024

/**
 * Random bytes out of a pool, each given out once and kept nowhere.
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

/** As `randomBytes` of `node:crypto`, and as unpredictable: for ids, versions, salts. */
export const randomBytes = pooled((pool) => randomFillSync(pool))
