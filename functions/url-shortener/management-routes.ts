import type { HttpRoute } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import { type LimitOptions, limitRoutes, reportsOfCode } from './limits.ts'
import { type ManageRoutesOptions, manageRoutes } from './manage/manage-routes.ts'
import { type ModerationRoutesOptions, moderationRoutes } from './moderate/routes.ts'
import { type ModerationUseCasesDeps, moderationUseCases } from './moderate/use-cases.ts'
import { unmatchedLinkRoute } from './unmatched-route.ts'

type Moderation = Omit<ModerationUseCasesDeps, 'mayBeKept'> & Pick<ModerationRoutesOptions, 'count'>

export interface ApiRoutesOptions
  extends Omit<ManageRoutesOptions, 'count'>,
    Moderation,
    Pick<LimitOptions, 'clientOf' | 'perSecond'> {
  count: ManageRoutesOptions['count'] & ModerationRoutesOptions['count']
  limit: Limit
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
  /** The routes of the stack, by which unmatched requests are answered. */
  routeKeys: readonly string[]
}

/** Builds all routes of the API, behind their limits. */
export function managementRoutes(options: ApiRoutesOptions): Record<string, HttpRoute> {
  const { limit, ping, routeKeys, publicUrl, now } = options
  const health = healthRoute({ checks: { database: ping }, now })
  const moderation = moderationUseCases({ ...options, mayBeKept: reportsOfCode(limit) })
  const routes = {
    ...manageRoutes(options),
    ...moderationRoutes({ ...options, ...moderation }),
    'GET /health': health,
    'HEAD /health': health,
    $default: unmatchedLinkRoute({ routeKeys, publicUrl }),
  }
  return limitRoutes(routes, options)
}
