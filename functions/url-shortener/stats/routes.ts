import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { Clock } from '../../shared/clock.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { type DeletedLink, isDeleted, type Link } from '../domain/link.ts'
import { refusal, requestedCode } from '../problems.ts'
import { linkStats, type ReadDays, type StatsQuery, tenantStats } from './click-stats.ts'
import { statsRange } from './range.ts'
import { statsQuery } from './schema.ts'

export interface StatsRoutesOptions {
  readDays: ReadDays
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  tenancy: Tenancy
  now: Clock
}

const READ = 'links:read'

/** Creates the routes of statistics. */
export function statsRoutes({ readDays, read, tenancy, now }: StatsRoutesOptions): Record<string, HttpRoute> {
  const [ofLink, ofTenant] = [linkStats(readDays), tenantStats(readDays)]
  return {
    async 'GET /v1/links/{code}/stats'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      const [query, code] = [requestedStats(request, now()), requestedCode(request)]
      const link = await read(code, { consistent: true, signal: request.signal })
      if (!link || isDeleted(link) || link.tenant !== tenant) throw refusal('not-found')
      return json(200, await ofLink(code, query, request.signal))
    },

    async 'GET /v1/stats'(request) {
      const { tenant } = requirePrincipal(request, READ, tenancy)
      return json(200, await ofTenant(tenant, requestedStats(request, now()), request.signal))
    },
  }
}

/** @throws HttpProblem 422 `invalid-input`. */
function requestedStats({ rawQuery }: HttpRequest, now: number): StatsQuery {
  const { groupBy, ...query } = validate(statsQuery, singleValues(rawQuery))
  const range = statsRange(query, now)
  if ('errors' in range) throw invalidInput(range.errors)
  return { ...range, groupBy }
}
