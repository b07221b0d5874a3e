import { subscriberRoutes } from '../../../functions/notification/topics/subscriber-routes.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

/** The routes over topics that know the subscribers of one. */
function api() {
  const subscribers = new Set<string>()
  const routes = subscriberRoutes({
    changes: {
      async subscribe({ user }) {
        if (subscribers.has(user)) return 'unchanged'
        subscribers.add(user)
        return 'changed'
      },
      unsubscribe: async ({ user }) => (subscribers.delete(user) ? 'changed' : 'unchanged'),
    },
    readSubscribers: async () => ({ subscribers: [] }),
    cursors: { open: () => Promise.reject(new Error('no cursor')), seal: async () => '' },
    tenancy: 'multi',
  })
  const handler = httpHandler({ ...silentTelemetry(), routes })
  return {
    subscribers,
    async put(headers: Record<string, string> = {}) {
      const claims = { sub: 'app', tenant: 'acme', scope: 'notify:send' }
      const params = { topic: 'news', user: 'ann' }
      const routeKey = 'PUT /v1/topics/{topic}/subscribers/{user}'
      const { statusCode, body } = await handler(httpEvent({ routeKey, params, claims, headers }), lambdaContext())
      return [statusCode, JSON.parse(String(body)).code]
    },
  }
}

test('If-None-Match: * subscribes only a user who does not subscribe yet, otherwise 412', async () => {
  const { put, subscribers } = api()
  expect(await put({ 'if-none-match': 'x' })).toEqual([412, 'precondition-failed'])
  expect([...subscribers]).toEqual([])
  expect(await put({ 'if-none-match': '*' })).toEqual([201, undefined])
  expect(await put({ 'if-none-match': '*' })).toEqual([412, 'precondition-failed'])
  expect(await put()).toEqual([200, undefined])
})
