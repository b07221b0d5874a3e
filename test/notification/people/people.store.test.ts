import { manageApi } from '../manage-api.ts'

const { call, store, tasks, tenant } = await manageApi()
const { signal } = new AbortController()
const readPerson = (userId: string) => store.readPerson({ tenant, userId }, signal)

const ANN = { email: 'ann@example.com', phone: '+4915112345678', locale: 'de-at', zone: 'Europe/Vienna' }

describe('a user', () => {
  test('is made and replaced as a whole, in canonical spelling', async () => {
    const made = await call('PUT /v1/users/ann', { body: ANN })
    expect([made.status, made.json]).toEqual([
      201,
      { id: 'ann', ...ANN, locale: 'de-AT', version: expect.any(String), updatedAt: expect.any(String) },
    ])
    const replaced = await call('PUT /v1/users/ann', { body: { email: 'ann@example.org' } })
    expect([replaced.status, replaced.json]).toMatchObject([200, { email: 'ann@example.org', phone: null }])
    expect(await readPerson('ann')).toMatchObject({ userId: 'ann', email: 'ann@example.org', phone: null })
  })

  test('is unknown until somebody puts a part of it', async () => {
    expect(await readPerson('nobody')).toBeUndefined()
    await call('PUT /v1/users/quiet/preferences', { body: { locale: 'fr' } })
    expect(await readPerson('quiet')).toEqual({
      userId: 'quiet',
      email: null,
      phone: null,
      locale: null,
      zone: null,
      preferences: { categories: {}, quietHours: null, digest: {}, locale: 'fr' },
      endpoints: [],
    })
  })

  test.each([
    ['a display name', { email: 'Ann <ann@example.com>' }, 'email'],
    ['a list', { email: 'ann@example.com,bob@example.com' }, 'email'],
    ['a line break', { email: 'ann@example.com\r\nbcc:x@example.com' }, 'email'],
    ['a number without a plus', { phone: '015112345678' }, 'phone'],
    ['an offset as a zone', { zone: '+02:00' }, 'zone'],
    ['an unknown zone', { zone: 'Europe/Atlantis' }, 'zone'],
    ['no language', { locale: 'not a language' }, 'locale'],
  ])('with %s is 422', async (_, body, path) => {
    const { status, json } = await call('PUT /v1/users/bad', { body })
    expect([status, json.errors[0].path]).toEqual([422, path])
  })

  test('may be changed by itself alone without the scope of operators', async () => {
    const self = { claims: { sub: 'sue', scope: 'notify:self' } }
    expect((await call('PUT /v1/users/sue', { body: {}, ...self })).status).toBe(201)
    expect((await call('PUT /v1/users/bob', { body: {}, ...self })).json.code).toBe('scope-missing')
    expect((await call('GET /v1/users/bob/preferences', self)).status).toBe(403)
    expect((await call('GET /v1/suppressions', self)).status).toBe(403)
    const other = { claims: { sub: 'sue', scope: 'notify:send' } }
    expect((await call('PUT /v1/users/sue', { body: {}, ...other })).status).toBe(403)
  })

  test('is erased with preferences and endpoints, whose ids are free again', async () => {
    const endpoint = { channel: 'email', address: 'eve@example.com', enabled: true }
    const made = await call('PUT /v1/users/eve', { body: ANN })
    await call('PUT /v1/users/eve/endpoints/eves', { body: endpoint })
    await call('PUT /v1/users/eve/preferences', { body: { locale: 'fr' } })
    const stale = await call('DELETE /v1/users/eve', { headers: { 'if-match': '"other"' } })
    expect([stale.status, stale.json.code]).toEqual([412, 'precondition-failed'])
    expect(await readPerson('eve')).toMatchObject({ email: ANN.email, endpoints: [{ id: 'eves' }] })
    const headers = { 'if-match': String(made.headers.etag) }
    expect((await call('DELETE /v1/users/eve', { headers })).status).toBe(204)
    expect(await readPerson('eve')).toBeUndefined()
    expect((await call('PUT /v1/users/bob/endpoints/eves', { body: endpoint })).status).toBe(201)
    expect((await call('DELETE /v1/users/eve')).status).toBe(204)
  })
})

describe('preferences', () => {
  test('may be about categories of any name', async () => {
    const categories = { constructor: { email: false } }
    expect((await call('PUT /v1/users/odd/preferences', { body: { categories } })).json.categories).toEqual(categories)
    expect((await call('GET /v1/users/odd/preferences')).json.categories).toEqual(categories)
    expect((await readPerson('odd'))?.preferences.categories).toEqual(categories)
  })

  test('are empty for everybody who has none, without an ETag', async () => {
    const { status, json, headers } = await call('GET /v1/users/new/preferences')
    expect([status, json, headers.etag]).toEqual([
      200,
      { categories: {}, quietHours: null, digest: {}, locale: null },
      undefined,
    ])
  })

  test('are replaced as a whole, under conditions', async () => {
    const wanted = {
      categories: { news: { email: false, sms: true } },
      quietHours: { start: '22:00', end: '07:00', zone: 'Asia/Tokyo' },
      digest: { news: false },
      locale: 'pt-BR',
    }
    const put = await call('PUT /v1/users/pia/preferences', { body: wanted })
    expect([put.status, put.json]).toEqual([200, wanted])
    const read = await call('GET /v1/users/pia/preferences')
    expect([read.json, read.headers.etag]).toEqual([wanted, put.headers.etag])
    const headers = { 'if-match': '"other"' }
    expect((await call('PUT /v1/users/pia/preferences', { body: {}, headers })).status).toBe(412)
    expect((await call('PUT /v1/users/pia/preferences', { body: {} })).json.quietHours).toBeNull()
  })

  test.each([
    ['quiet hours that never end', { quietHours: { start: '22:00', end: '22:00' } }, 'quietHours.end'],
    ['quiet hours without an end', { quietHours: { start: '22:00' } }, 'quietHours.end'],
    ['a time that no clock shows', { quietHours: { start: '24:00', end: '07:00' } }, 'quietHours.start'],
    ['an unknown channel', { categories: { news: { fax: true } } }, 'categories.news.fax'],
  ])('with %s are 422', async (_, body, path) => {
    const { status, json } = await call('PUT /v1/users/pia/preferences', { body })
    expect([status, json.errors[0].path]).toEqual([422, path])
  })
})

describe('a change of quiet hours', () => {
  const sent = () => tasks.splice(0).map(({ task, userId, delaySeconds }) => ({ task, userId, delaySeconds }))
  const retimes = (userId: string) => [30, 0].map((delaySeconds) => ({ task: 'retime', userId, delaySeconds }))

  test('re-times what they held back, by a task that outlives a lost function, and by another one at once', async () => {
    sent()
    const quietHours = { start: '22:00', end: '07:00' }
    await call('PUT /v1/users/nele/preferences', { body: { quietHours } })
    expect(sent()).toEqual(retimes('nele'))
    await call('PUT /v1/users/nele/preferences', { body: { quietHours, locale: 'fr' } })
    expect(sent()).toEqual([])
    await call('PUT /v1/users/nele/preferences', { body: {} })
    expect(sent()).toEqual(retimes('nele'))
  })

  test('is also another zone of the user', async () => {
    await call('PUT /v1/users/olga', { body: { zone: 'Asia/Tokyo' } })
    expect(sent()).toEqual(retimes('olga'))
    await call('PUT /v1/users/olga', { body: { zone: 'Asia/Tokyo', email: 'olga@example.com' } })
    expect(sent()).toEqual([])
  })
})
