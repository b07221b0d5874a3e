import { apiDescription } from '../../functions/chat/api-description.ts'
import { limitRoutes } from '../../functions/chat/limits.ts'
import { isWrite } from '../../functions/shared/rate-limit/http/tenant-writes.ts'
import type { Check } from '../../functions/shared/rate-limit/policy.ts'
import { decided, decision } from '../shared/rate-limit/support/decisions.ts'
import { httpEvent, requestOf } from '../support/events.ts'

const UNLIMITED = ['POST /v1/rooms/{id}/messages', 'POST /v1/ws-ticket']

const routeKeys = apiDescription.operations.map(({ routeKey }) => routeKey)

test('writes are charged to their tenant, but for messages and tickets; reads are not', async () => {
  const charged: string[] = []
  const routes = Object.fromEntries(routeKeys.map((routeKey) => [routeKey, async () => ({ status: 200 })]))
  const limited = limitRoutes(routes, {
    limit: async ([check]: readonly Check[]) => {
      charged.push(`${check?.policy.name} of ${check?.subject}`)
      return decided(decision())
    },
    tenancy: 'multi',
    perSecond: 7,
  })
  const found: string[] = []
  for (const routeKey of routeKeys) {
    charged.length = 0
    await limited[routeKey]?.(requestOf(httpEvent({ routeKey, claims: { sub: 'me', tenant: 'acme' } })))
    if (charged.includes('tenant-writes of acme')) found.push(routeKey)
  }
  expect(found.sort()).toEqual(routeKeys.filter((key) => isWrite(key) && !UNLIMITED.includes(key)).sort())
})
