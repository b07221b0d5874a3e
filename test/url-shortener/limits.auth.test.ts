import { apiUrl } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'
import { aClient } from './a-client.ts'
import { aLink } from './a-link.ts'
import { putLocked, randomCode } from './unlock/locked-links.ts'

// A limit that lacks permission to count allows writes and denies passwords: only the remaining quota that it reports
// shows that it counted.

const api = apiUrl('UrlShortener')

test('with IAM enforced, the unlocking may read links and count attempts', async () => {
  const { code } = await putLocked(aLink({ code: randomCode(), passwordId: 'password-1' }), 'secret')
  const { headers } = await eventually(async () =>
    answered(303, await call(`${api}/${code}/unlock`, { method: 'POST', body: { password: 'secret' } })),
  )
  expect(headers.getSetCookie()).toHaveLength(1)
})

test('with IAM enforced, the API may count writes', async () => {
  const { post } = await aClient()
  await eventually(async () => expect((await post()).headers.get('ratelimit')).toMatch(/"tenant-writes";r=4\d;/))
})
