import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { type IdempotencyOptions, idempotency } from '../shared/http/idempotency.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import type { ReadSubjectStates, ResetSubject } from '../shared/rate-limit/counters/subject-state.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { VerifyDecision } from '../shared/rate-limit/refunds/decision-id.ts'
import type { Refund } from '../shared/rate-limit/refunds/refund.ts'
import type { Slots } from '../shared/rate-limit/slots/slots.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import { limitRoutes } from './limits.ts'
import { overrideRoutes } from './policies/override-routes.ts'
import { policyRoutes } from './policies/routes.ts'
import { type PolicyUseCasesDeps, policyUseCases } from './policies/use-cases.ts'
import type { FindPolicy } from './policy-book.ts'
import { refundRoutes } from './refund/route.ts'
import { holdSlot, releaseSlot } from './slots/hold-slot.ts'
import { slotRoutes } from './slots/routes.ts'
import { type SlotRecords, takeSlot } from './slots/take-slot.ts'
import { subjectRoutes } from './subjects/routes.ts'
import { subjectPolicies } from './subjects/subject-policies.ts'
import { readState, resetState } from './subjects/subject-state.ts'
import { topRoutes } from './top/route.ts'
import { type ReadDenied, topSubjects } from './top/top-subjects.ts'

export interface ManagementRoutesOptions extends PolicyUseCasesDeps {
  find: FindPolicy
  limit: Limit
  slots: Slots
  records: SlotRecords
  refund: Refund
  verify: VerifyDecision
  readStates: ReadSubjectStates
  resetSubject: ResetSubject
  readDenied: ReadDenied
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
  keys: Keys
  now: Clock
  tenancy: Tenancy
  /** Writes of a tenant. */
  perSecond: number
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
  /** The routes of the stack, by which unmatched requests are answered. */
  routeKeys: readonly string[]
}

/** Builds all routes but that of checks, those that change policies and subjects behind the limit of writes. */
export function managementRoutes(options: ManagementRoutesOptions): Record<string, HttpRoute> {
  const { store, find, limit, slots, records, keys, now, newId, tenancy } = options
  const cursors = createCursors({ keys, randomBytes })
  const { policies, overrides } = policyUseCases(options)
  const policiesOf = subjectPolicies({ find, list: store.list })
  const health = healthRoute({ checks: { database: options.ping }, now })
  const routes = {
    ...policyRoutes({ ...policies, cursors, tenancy }),
    ...topRoutes({ top: topSubjects({ read: store.read, readDenied: options.readDenied, now }), tenancy }),
    ...overrideRoutes({ ...overrides, tenancy }),
    ...subjectRoutes({
      policiesOf,
      read: readState(options.readStates),
      reset: resetState({ policiesOf, reset: options.resetSubject }),
      cursors,
      tenancy,
    }),
    ...refundRoutes({ ...options, tenancy }),
    ...slotRoutes({
      take: takeSlot({ find, slots, records }),
      hold: holdSlot({ find, slots, records, now }),
      release: releaseSlot({ slots, records }),
      idempotency: idempotency({ ...options.operations, now, newOperationId: newId }),
      tenancy,
    }),
    'GET /health': health,
    'HEAD /health': health,
    $default: unmatchedRoute(options.routeKeys),
  }
  return limitRoutes(routes, { limit, tenancy, perSecond: options.perSecond })
}
