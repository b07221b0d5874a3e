import { createHashAddress, createTenantMac } from '../../../functions/notification/store/address-hash.ts'
import { createUnsubscribe } from '../../../functions/notification/store/unsubscriptions.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { manageApi } from '../manage-api.ts'

const { call, store, table, tenant } = await manageApi()
const { signal } = new AbortController()
const newHash = () => createHashAddress(createTenantMac({ ...table, randomBytes }))
const hashAddress = newHash()
const unsubscribe = createUnsubscribe({ ...table, now: Date.now })
const standing = (address: string, channel: 'email' | 'sms' = 'email') =>
  store.readStanding({ tenant, channel, address }, signal)
const unsubscribeFrom = async (category: string, address: string) =>
  unsubscribe({ tenant, category, hash: await hashAddress({ tenant, channel: 'email', address }, signal) }, signal)

describe('a suppression', () => {
  test('holds for every spelling of a mailbox, until it is ended', async () => {
    const made = await call('PUT /v1/suppressions/email', {
      body: { address: 'Ann@Bücher.example', reason: 'complaint' },
    })
    expect([made.status, made.json]).toEqual([
      201,
      { channel: 'email', address: 'Ann@Bücher.example', reason: 'complaint', createdAt: expect.any(String) },
    ])
    expect((await standing('ann@xn--bcher-kva.example')).suppressed).toBe('complaint')
    const again = await call('PUT /v1/suppressions/email', {
      body: { address: 'ann@bücher.example', reason: 'bounce' },
    })
    expect([again.status, again.json.createdAt]).toEqual([200, made.json.createdAt])
    expect((await call('GET /v1/suppressions')).json.items).toEqual([again.json])
    expect((await call('DELETE /v1/suppressions/email', { query: 'address=ANN@b%C3%BCcher.example' })).status).toBe(204)
    expect((await standing('ann@xn--bcher-kva.example')).suppressed).toBeNull()
    const gone = await call('DELETE /v1/suppressions/email', { body: { address: 'ann@bücher.example' } })
    expect([gone.status, gone.json.code]).toEqual([404, 'not-found'])
    expect((await call('GET /v1/suppressions')).json.items).toEqual([])
  })

  test('is of one channel and one tenant', async () => {
    await call('PUT /v1/suppressions/sms', { body: { address: '+4915112345678', reason: 'asked' } })
    expect((await standing('+4915112345678', 'sms')).suppressed).toBe('asked')
    const other = { tenant: `${tenant}-other`, channel: 'sms', address: '+4915112345678' } as const
    expect((await store.readStanding(other, signal)).suppressed).toBeNull()
    expect((await call('PUT /v1/suppressions/inapp', { body: { address: 'a', reason: 'b' } })).status).toBe(404)
    const wrong = await call('PUT /v1/suppressions/sms', { body: { address: 'ann@example.com', reason: 'b' } })
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([422, 'address'])
  })
})

describe('an unsubscription', () => {
  test('shows as a preference of whoever has the mailbox, and ends when its mail is wanted again', async () => {
    await call('PUT /v1/users/ann', { body: { email: 'ann@example.com' } })
    const before = await call('PUT /v1/users/ann/preferences', { body: { categories: { news: { sms: false } } } })
    await unsubscribeFrom('news', 'ANN@example.com')
    const shown = await call('GET /v1/users/ann/preferences')
    expect(shown.json.categories).toEqual({ news: { sms: false, email: false } })
    expect(shown.headers.etag).not.toBe(before.headers.etag)
    expect((await standing('ann@example.com')).unsubscribed).toEqual(new Set(['news']))

    const kept = await call('PUT /v1/users/ann/preferences', { body: {} })
    expect(kept.json.categories).toEqual({ news: { email: false } })
    const headers = { 'if-match': String(before.headers.etag) }
    const body = { categories: { news: { email: true } } }
    expect((await call('PUT /v1/users/ann/preferences', { body, headers })).status).toBe(412)
    expect((await call('PUT /v1/users/ann/preferences', { body })).json.categories).toEqual(body.categories)
    expect((await standing('ann@example.com')).unsubscribed).toEqual(new Set())
  })

  test('is undone by the same preferences again, too', async () => {
    await call('PUT /v1/users/bea/endpoints/beas', {
      body: { channel: 'email', address: 'bea@example.com', enabled: true },
    })
    const body = { categories: { news: { email: true } } }
    await call('PUT /v1/users/bea/preferences', { body })
    await unsubscribeFrom('news', 'bea@example.com')
    expect((await call('GET /v1/users/bea/preferences')).json.categories).toEqual({ news: { email: false } })
    expect((await call('PUT /v1/users/bea/preferences', { body })).json.categories).toEqual(body.categories)
    expect((await call('GET /v1/users/bea/preferences')).json.categories).toEqual(body.categories)
  })

  test('and a suppression outlive their user', async () => {
    await call('PUT /v1/users/eve', { body: { email: 'eve@example.com' } })
    await unsubscribeFrom('news', 'eve@example.com')
    await call('PUT /v1/suppressions/email', { body: { address: 'eve@example.com', reason: 'bounce' } })
    await call('DELETE /v1/users/eve')
    const { items } = (await call('GET /v1/suppressions')).json
    expect(items).toContainEqual({ channel: 'email', address: null, reason: 'bounce', createdAt: expect.any(String) })
    expect(JSON.stringify(items)).not.toContain('eve@')
    expect(await standing('Eve@example.com')).toEqual({ suppressed: 'bounce', unsubscribed: new Set(['news']) })
  })
})

test('environments that hash a tenant’s first addresses at once agree on its key', async () => {
  const of = { tenant: `${tenant}-new`, channel: 'email', address: 'ann@example.com' } as const
  const hashes = await Promise.all(Array.from({ length: 5 }, () => newHash()(of, signal)))
  expect(new Set(hashes).size).toBe(1)
  expect(await hashAddress({ ...of, tenant }, signal)).not.toBe(hashes[0])
})
