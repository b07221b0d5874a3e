import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { Clock } from '../../shared/clock.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { ADMIN, MANAGE } from '../fields.ts'
import type { ListProviders } from './list-providers.ts'
import { redriveBody } from './schema.ts'

/** The messages of a queue and of its dead-letter queue. SQS's counts are approximate. */
export interface QueueDepth {
  readonly name: string
  readonly waiting: number
  readonly delayed: number
  readonly inFlight: number
  readonly deadLetters: number
}

/** The queues of the system, which all tenants share. */
export interface Queues {
  readonly names: readonly string[]
  depths: (signal: AbortSignal) => Promise<QueueDepth[]>
  /**
   * Moves dead letters back to their queue, as many as there are now; those that are left when the time is up stay.
   *
   * @param until the time from which on none is begun, in milliseconds since the epoch.
   */
  redrive: (name: string, until: number, signal: AbortSignal) => Promise<number>
}

export interface OperateRoutesOptions {
  listProviders: ListProviders
  queues: Queues
  now: Clock
  tenancy: Tenancy
}

/** The time of a redrive, which API Gateway waits for. */
const REDRIVE_MS = 20_000

/** The routes by which operators see how the system is, and send what failed again. */
export function operateRoutes({
  listProviders,
  queues,
  now,
  tenancy,
}: OperateRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'GET /v1/providers'(request) {
      requirePrincipal(request, MANAGE, tenancy)
      return json(200, { items: await listProviders(request.signal) })
    },

    async 'GET /v1/admin/queues'(request) {
      requirePrincipal(request, ADMIN, tenancy)
      return json(200, { items: await queues.depths(request.signal) })
    },

    async 'POST /v1/admin/redrive'(request) {
      requirePrincipal(request, ADMIN, tenancy)
      const { queue, dryRun = false } = validate(redriveBody, jsonBody(request))
      if (!queues.names.includes(queue)) {
        throw invalidInput([{ path: 'queue', message: `must be one of ${queues.names.join(', ')}` }])
      }
      if (!dryRun) return json(200, { moved: await queues.redrive(queue, now() + REDRIVE_MS, request.signal) })
      const depths = await queues.depths(request.signal)
      return json(200, { moved: depths.find(({ name }) => name === queue)?.deadLetters ?? 0 })
    },
  }
}
