import { Redis } from 'ioredis'
import type { Meter } from './metered-endpoint.ts'

/** Counts the scripts that a Redis server runs: the package decides by one. They have no units. */
export function meteredRedis(url: string): Meter {
  const client = new Redis(url)
  let before = 0
  return {
    async take() {
      const all = scriptsIn(await client.info('commandstats'))
      const calls = all - before
      before = all
      return { calls, units: Number.NaN }
    },
    close: () => client.disconnect(),
  }
}

/** Adds up the calls of `EVAL` and `EVALSHA` in a report like `cmdstat_evalsha:calls=12,usec=…`. */
export function scriptsIn(commandstats: string): number {
  const calls = [...commandstats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+),/gm)]
  return calls.reduce((sum, [, count]) => sum + Number(count), 0)
}
