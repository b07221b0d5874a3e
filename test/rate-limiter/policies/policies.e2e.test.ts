import { POLICY_MEMORY_MS } from '../../../functions/rate-limiter/policy-book.ts'
import { eventually, steadily } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant } from '../deployed.ts'

const HOURLY = { limit: 3, windowMs: 3_600_000 }

test('a policy is made, read as it was put, changed and deleted', async () => {
  const { put, tryPut, send } = await aTenant()
  const made = answered(201, await put('writes', { ...HOURLY, allow: ['vip'] }))
  expect(made.json).toEqual({
    name: 'writes',
    algorithm: 'fixed-window',
    ...HOURLY,
    calendar: null,
    burst: null,
    onError: 'closed',
    mode: 'enforce',
    allow: ['vip'],
    deny: [],
    blockMs: null,
    parent: null,
    shards: null,
    version: expect.any(String),
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  const etag = made.headers.get('etag')
  expect(etag).toBe(`"${made.json.version}"`)
  const read = await send('GET /v1/policies/writes')
  expect([read.json, read.headers.get('etag')]).toEqual([made.json, etag])
  expect((await send('GET /v1/policies/writes', undefined, { 'if-none-match': etag ?? '' })).status).toBe(304)

  const same = answered(200, await send('PUT /v1/policies/writes', read.json))
  expect([same.json, same.headers.get('etag')]).toEqual([made.json, etag])
  const changed = answered(200, await put('writes', { ...HOURLY, limit: 4 }, { 'if-match': etag ?? '' }))
  expect(changed.headers.get('etag')).not.toBe(etag)
  expect(changed.json).toMatchObject({ limit: 4, allow: [] })

  expect((await tryPut('writes', HOURLY, { 'if-match': etag ?? '' })).status).toBe(412)
  expect((await tryPut('writes', HOURLY, { 'if-none-match': '*' })).status).toBe(412)
  expect((await send('DELETE /v1/policies/writes', undefined, { 'if-match': etag ?? '' })).status).toBe(412)
  expect((await send('DELETE /v1/policies/writes')).status).toBe(204)
  expect((await send('DELETE /v1/policies/writes')).status).toBe(404)
  expect((await send('GET /v1/policies/writes')).json.code).toBe('not-found')
})

test('policies are listed by name, page by page', async () => {
  const { put, send } = await aTenant()
  for (const name of ['c', 'a', 'b']) await put(name, HOURLY)
  const first = answered(200, await send('GET /v1/policies?limit=2')).json
  const second = answered(200, await send(`GET /v1/policies?limit=2&cursor=${first.nextCursor}`)).json
  const namesOf = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name)
  expect([namesOf(first), namesOf(second), second.nextCursor]).toEqual([['a', 'b'], ['c'], null])
  const other = await aTenant()
  expect((await other.send(`GET /v1/policies?cursor=${first.nextCursor}`)).json.code).toBe('invalid-cursor')
})

test.each([
  ['no window', { windowMs: null }, 'windowMs'],
  ['a window of less than a second', { windowMs: 999 }, 'windowMs'],
  ['no limit', { limit: 0 }, 'limit'],
  ['an unknown field', { limits: 1 }, 'limits'],
  ['a pattern that is none', { deny: ['a*b'] }, 'deny[0]'],
  ['a parent that is not there', { parent: { policy: 'none', subjectPrefix: 'org:' } }, 'parent.policy'],
  ['another name than that of the path', { name: 'other' }, 'name'],
])('%s is 422 with its field', async (_, fields, path) => {
  const { tryPut } = await aTenant()
  const { status, json } = await tryPut('writes', { ...HOURLY, ...fields })
  expect([status, json.code, json.errors.map((error: { path: string }) => error.path)]).toEqual([
    422,
    'invalid-input',
    [path],
  ])
})

test('a policy that others name as their parent is 409 policy-in-use', async () => {
  const { put, send } = await aTenant()
  await put('org', HOURLY)
  answered(201, await put('user', { ...HOURLY, parent: { policy: 'org', subjectPrefix: 'org:' } }))
  expect((await send('DELETE /v1/policies/org')).json.code).toBe('policy-in-use')
})

/** @proves rate-limiter/changes-live */
test('a change is live in warm environments within 10 seconds, and no check sees half of it', async () => {
  const { put, check } = await aTenant()
  const [old, changed] = [
    { ...HOURLY, limit: 1000, mode: 'enforce' },
    { limit: 2000, windowMs: 7_200_000, mode: 'shadow' },
  ]
  await put('live', old)
  const look = async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => check([{ policy: 'live', subject: 'a', peek: true }])),
    )
    return answers.map(({ json }) => {
      const { limit, mode } = json.decisions[0]
      return `${limit} ${mode}`
    })
  }
  await look()
  answered(200, await put('live', changed))
  const seen = new Set<string>()
  const isLive = async () => {
    const states = await look()
    for (const state of states) seen.add(state)
    expect(new Set(states)).toEqual(new Set(['2000 shadow']))
  }
  await eventually(isLive, { deadlineMs: 10_000 })
  await steadily(isLive, { forMs: POLICY_MEMORY_MS })
  expect([...seen].filter((state) => !['1000 enforce', '2000 shadow'].includes(state))).toEqual([])
})

describe('a subject’s own limit', () => {
  test('takes the place of the policy’s within 10 seconds, and is taken back once', async () => {
    const { put, check, send } = await aTenant()
    await put('own', HOURLY)
    const limitOf = async (subject: string) =>
      (await check([{ policy: 'own', subject, peek: true }])).json.decisions[0].limit
    expect(await limitOf('big')).toBe(3)
    const body = { policy: 'own', subject: 'big', limit: 50 }
    answered(201, await send('PUT /v1/overrides', body))
    expect((await send('PUT /v1/overrides', body, { 'if-none-match': '*' })).status).toBe(412)
    expect(answered(200, await send('PUT /v1/overrides', { ...body, limit: 60 })).json).toEqual({
      ...body,
      limit: 60,
      burst: null,
    })
    await eventually(async () => expect(await limitOf('big')).toBe(60), { deadlineMs: 10_000 })
    expect(await limitOf('small')).toBe(3)
    const takeBack = async () => (await send('DELETE /v1/overrides?policy=own&subject=big')).status
    expect([await takeBack(), await takeBack()]).toEqual([204, 404])
    await eventually(async () => expect(await limitOf('big')).toBe(3), { deadlineMs: 10_000 })
  })

  test('is refused without its policy, and where its algorithm has no burst', async () => {
    const { put, send } = await aTenant()
    const body = { policy: 'own', subject: 'a', limit: 50 }
    expect((await send('PUT /v1/overrides', body)).json.code).toBe('unknown-policy')
    await put('own', HOURLY)
    const { status, json } = await send('PUT /v1/overrides', { ...body, burst: 5 })
    expect([status, json.errors[0].path]).toEqual([422, 'burst'])
  })
})
