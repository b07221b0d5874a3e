import type { Clock } from '../clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { HttpRoute } from './handler.ts'
import { json } from './response.ts'

/** The time for which an environment caches the outcome, so that a busy monitor costs one read every 10 seconds. */
const CACHE_MS = 10_000

export interface HealthOptions {
  /** Checks by the name that clients see; a check that rejects has failed. */
  checks: Record<string, (signal: AbortSignal) => Promise<unknown>>
  now: Clock
}

/** Creates the route `GET /health`, which responds with 200 if all checks pass, otherwise with 503. */
export function healthRoute({ checks, now }: HealthOptions): HttpRoute {
  let cached: { until: number; dependencies: Record<string, 'ok' | 'failed'> } | undefined
  return async ({ signal, logger }) => {
    if (!cached || now() >= cached.until) {
      cached = { dependencies: await runAll(checks, signal, logger), until: now() + CACHE_MS }
    }
    const failed = Object.values(cached.dependencies).includes('failed')
    return json(failed ? 503 : 200, { status: failed ? 'failed' : 'ok', dependencies: cached.dependencies })
  }
}

async function runAll(
  checks: HealthOptions['checks'],
  signal: AbortSignal,
  logger: Logger,
): Promise<Record<string, 'ok' | 'failed'>> {
  const outcomes = Object.entries(checks).map(async ([name, check]) => {
    try {
      await check(signal)
      return [name, 'ok'] as const
    } catch (error) {
      logger.error('health check failed', { check: name, error })
      return [name, 'failed'] as const
    }
  })
  return Object.fromEntries(await Promise.all(outcomes))
}
