/** Clocks of two environments are less apart than this, and nothing that is sent arrives later. */
const SKEW_MS = 60_000

/** The `ttl` of what says something until then, in milliseconds since the epoch, by anybody's clock. */
export function ttlAfter(ms: number): { N: string } {
  return { N: String(Math.ceil((ms + SKEW_MS) / 1000)) }
}
