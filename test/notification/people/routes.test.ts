import { peopleRoutes } from '../../../functions/notification/people/routes.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

const none = () => Promise.reject(new Error('not asked'))

test.each([
  [undefined, 204, undefined],
  ['"v1"', 204, undefined],
  ['"v0"', 412, 'precondition-failed'],
  ['v1', 412, 'precondition-failed'],
])('DELETE of a user with If-Match: %s is %i', async (ifMatch, status, code) => {
  const asked: unknown[] = []
  const routes = peopleRoutes({
    put: none,
    preferences: { read: none, put: none },
    async erase(input) {
      asked.push(input)
      const versions = input.conditions.ifMatch
      return versions === undefined || versions.includes('v1') ? 'erased' : 'stale'
    },
    tenancy: 'multi',
  })
  const claims = { sub: 'operator', tenant: 'acme', scope: 'notify:manage' }
  const headers: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': ifMatch }
  const event = httpEvent({ routeKey: 'DELETE /v1/users/{id}', params: { id: 'gina' }, claims, headers })
  const { statusCode, body } = await httpHandler({ ...silentTelemetry(), routes })(event, lambdaContext())
  expect([statusCode, body === undefined ? undefined : JSON.parse(String(body)).code]).toEqual([status, code])
  expect(asked).toMatchObject(ifMatch === 'v1' ? [] : [{ tenant: 'acme', userId: 'gina' }])
})
