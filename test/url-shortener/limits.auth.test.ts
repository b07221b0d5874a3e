import { apiUrl, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'
import { aLink } from './a-link.ts'
import { until } from './deployed.ts'
import { putLocked, randomCode } from './unlock/locked-links.ts'

// A limit that may not count lets writes pass and passwords fail: only what it says of the rest shows that it counted.

const api = apiUrl('UrlShortener')

test('with IAM enforced, the unlocking may read links and count tries', async () => {
  const { code } = await putLocked(aLink({ code: randomCode(), passwordId: 'password-1' }), 'secret')
  const unlock = () => call(`${api}/${code}/unlock`, { method: 'POST', body: { password: 'secret' } })
  const { status, headers } = await until(unlock, (answer) => answer.status === 303)
  expect([status, headers.getSetCookie().length]).toEqual([303, 1])
})

test('with IAM enforced, the API may count writes', async () => {
  const bearer = await token({ sub: 'user-1', tenant: `tenant-${randomCode()}`, scope: 'links:write' })
  const create = () => call(`${api}/v1/links`, { method: 'POST', token: bearer, body: { url: 'https://example.com/' } })
  const rest = /"tenant-writes";r=4\d;/
  const { headers } = await until(create, (answer) => rest.test(answer.headers.get('ratelimit') ?? ''))
  expect(headers.get('ratelimit')).toMatch(rest)
})
