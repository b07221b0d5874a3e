import { manageApi } from '../manage-api.ts'

const { call } = await manageApi()

test('a tenant’s mode is put under conditions, and the same one again changes nothing', async () => {
  const made = await call('PUT /v1/settings', { body: { mode: 'test' }, headers: { 'if-none-match': '*' } })
  expect([made.status, made.json]).toEqual([200, { mode: 'test' }])
  expect((await call('PUT /v1/settings', { body: { mode: 'test' } })).headers.etag).toBe(made.headers.etag)
  const headers = { 'if-match': '"other"' }
  expect((await call('PUT /v1/settings', { body: { mode: 'live' }, headers })).status).toBe(412)
  expect((await call('PUT /v1/settings', { body: { mode: 'live' } })).json).toEqual({ mode: 'live' })
  expect((await call('PUT /v1/settings', { body: { mode: 'dry' } })).json.errors[0].path).toBe('mode')
})
