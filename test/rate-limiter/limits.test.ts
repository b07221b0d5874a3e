import { apiDescription } from '../../functions/rate-limiter/api-description.ts'
import { limitRoutes } from '../../functions/rate-limiter/limits.ts'
import type { Check } from '../../functions/shared/rate-limit/policy.ts'
import { decided, decision } from '../shared/rate-limit/support/decisions.ts'
import { httpEvent, requestOf } from '../support/events.ts'

const LIMITED = [
  'DELETE /v1/overrides',
  'DELETE /v1/policies/{name}',
  'POST /v1/subjects/reset',
  'PUT /v1/overrides',
  'PUT /v1/policies/{name}',
]

/** The check has a function of its own, which limits nobody. */
const routeKeys = apiDescription.operations.map(({ routeKey }) => routeKey).filter((key) => key !== 'POST /v1/check')

test('writes of policies and subjects are charged to their tenant; decisions, slots and reads are not', async () => {
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
  const chargedBy = async (routeKey: string) => {
    charged.length = 0
    await limited[routeKey]?.(requestOf(httpEvent({ routeKey, claims: { sub: 'me', tenant: 'acme' } })))
    return charged.includes('tenant-writes of acme')
  }
  const found: string[] = []
  for (const routeKey of routeKeys) if (await chargedBy(routeKey)) found.push(routeKey)
  expect(found.sort()).toEqual(LIMITED)
})
