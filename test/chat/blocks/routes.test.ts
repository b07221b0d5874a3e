import { blockRoutes } from '../../../functions/chat/blocks/routes.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

const handler = httpHandler({
  ...silentTelemetry(),
  routes: blockRoutes({
    // Every user is blocked already.
    block: async ({ onlyIfAbsent }) => (onlyIfAbsent ? 'stale' : 'blocked'),
    unblock: async () => true,
    tenancy: 'multi',
  }),
})

test.each([
  [{}, 204],
  [{ 'if-none-match': '"v1"' }, 204],
  [{ 'if-none-match': '*' }, 412],
  [{ 'if-none-match': 'v1' }, 412],
])('a block of a user who is blocked already, with %j, gets %d', async (headers: Record<string, string>, status) => {
  const claims = { sub: 'ann', tenant: 'acme', scope: 'chat' }
  const event = httpEvent({ routeKey: 'PUT /v1/blocks/{user}', params: { user: 'bob' }, claims, headers })
  const { statusCode, body } = await handler(event, lambdaContext())
  expect(statusCode).toBe(status)
  if (status === 412) expect(JSON.parse(body ?? '')).toMatchObject({ code: 'precondition-failed' })
})
