import { recordKey } from '../../../functions/chat/store/keys.ts'
import { chatApi } from '../chat-api.ts'

const { call, tenant, tenantOf, log, itemAt, countedRooms } = await chatApi()
const elsewhere = tenantOf(`${tenant}-other`)

const group = async (user = 'ann', more: object = {}) => {
  const { status, json } = await call(user, 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea', ...more } })
  expect(status).toBe(201)
  return json.id as string
}
const add = async (room: string, user: string, role = 'member') => {
  const { status } = await call('ann', `PUT /v1/rooms/${room}/members/${user}`, { body: { role } })
  expect(status).toBe(201)
}
const listed = async (user: string, query = '') => {
  const { json } = await call(user, 'GET /v1/rooms', { query })
  return { ids: json.items.map(({ id }: { id: string }) => id), next: json.nextCursor }
}

describe('a new group', () => {
  test('is its creator’s, who sees it with nothing unread', async () => {
    const { status, headers, json } = await call('ann', 'POST /v1/rooms', {
      body: { kind: 'group', name: '  Te\u0301a\u0301 ', history: 'since-join' },
    })
    expect(status).toBe(201)
    expect(json).toEqual({
      id: expect.stringMatching(/^[\w-]+$/),
      kind: 'group',
      name: 'T\u00e9\u00e1',
      with: null,
      history: 'since-join',
      retentionDays: null,
      createdAt: expect.stringMatching(/Z$/),
      activeAt: json.createdAt,
      members: 1,
      role: 'owner',
      muted: false,
      notify: 'mentions',
      head: 1,
      floor: 1,
      read: 1,
      unread: 0,
      mentions: 0,
      lastMessage: null,
    })
    expect(headers).toMatchObject({ location: `/v1/rooms/${json.id}`, etag: expect.stringMatching(/^"[\w-]+"$/) })
    const read = await call('ann', `GET /v1/rooms/${json.id}`)
    expect([read.status, read.json, read.headers.etag]).toEqual([200, json, headers.etag])
    expect(await log({ tenant, room: json.id })).toMatchObject([{ seq: 1, type: 'room', joined: ['ann'] }])
  })

  test('is one, however often its key is repeated', async () => {
    const asked = { body: { kind: 'group', name: 'Once' }, headers: { 'idempotency-key': 'one' } }
    const first = await call('ida', 'POST /v1/rooms', asked)
    const again = await call('ida', 'POST /v1/rooms', asked)
    expect([again.status, again.json]).toEqual([first.status, first.json])
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' })
    expect((await listed('ida')).ids).toEqual([first.json.id])
  })

  test('of a user who creates many at once is created each time', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => group('max')))
    expect((await listed('max')).ids.sort()).toEqual([...ids].sort())
  })

  test.each([
    ['an empty name', { kind: 'group', name: ' ' }, 'name'],
    ['a name of two lines', { kind: 'group', name: 'a\nb' }, 'name'],
    ['a long name', { kind: 'group', name: 'x'.repeat(101) }, 'name'],
    ['an unknown history', { kind: 'group', name: 'a', history: 'none' }, 'history'],
    ['an unknown kind', { kind: 'public', name: 'a' }, 'kind'],
    ['a field of the other kind', { kind: 'direct', with: 'bob', name: 'a' }, 'name'],
    ['a user who can’t be one', { kind: 'direct', with: 'a#b' }, 'with'],
    ['the caller as the other user', { kind: 'direct', with: 'ann' }, 'with'],
  ])('with %s is refused', async (_, body, path) => {
    const { status, json } = await call('ann', 'POST /v1/rooms', { body })
    expect([status, json.code, json.errors.map((error: { path: string }) => error.path)]).toEqual([
      422,
      'invalid-input',
      [path],
    ])
  })
})

describe('a direct room', () => {
  const direct = (user: string, other: string) =>
    call(user, 'POST /v1/rooms', { body: { kind: 'direct', with: other } })

  test('is one for the pair, in both orders', async () => {
    const first = await direct('ann', 'bob')
    expect([first.status, first.json]).toMatchObject([
      201,
      { kind: 'direct', name: null, with: 'bob', role: 'member', members: 2, notify: 'all' },
    ])
    const others = [await direct('bob', 'ann'), await direct('ann', 'bob')]
    expect(others.map(({ status, json }) => [status, json.id, json.with])).toEqual([
      [200, first.json.id, 'ann'],
      [200, first.json.id, 'bob'],
    ])
  })

  test('is one when both sides create it at once, ten times of ten', async () => {
    for (let run = 0; run < 10; run++) {
      const [a, b] = [`a${run}`, `b${run}`]
      const answers = await Promise.all([direct(a, b), direct(b, a), direct(a, b)])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
      expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
      expect(await log({ tenant, room: answers[0]?.json.id })).toHaveLength(1)
      expect([(await listed(a)).ids, (await listed(b)).ids]).toEqual([[answers[0]?.json.id], [answers[0]?.json.id]])
    }
  })

  test('can’t be renamed, deleted, joined or left', async () => {
    const { json } = await direct('ann', 'cleo')
    for (const [line, body] of [
      [`PATCH /v1/rooms/${json.id}`, { name: 'Us' }],
      [`DELETE /v1/rooms/${json.id}`],
      [`PUT /v1/rooms/${json.id}/members/zoe`, { role: 'member' }],
      [`DELETE /v1/rooms/${json.id}/members/ann`],
      [`DELETE /v1/rooms/${json.id}/members/cleo`],
      [`PUT /v1/rooms/${json.id}/bans/cleo`],
    ] as const) {
      const answer = await call('ann', line, { body })
      expect([line, answer.status, answer.json.code]).toEqual([line, 403, 'forbidden'])
    }
  })
})

test('a room of others, of another tenant, and one that isn’t there look the same', async () => {
  const room = await group()
  const strangers: [typeof call, string, string][] = [
    [call, 'eve', room],
    [elsewhere, 'ann', room],
    [call, 'ann', 'nothing'],
  ]
  for (const [ask, user, id] of strangers) {
    for (const [line, body] of [
      [`GET /v1/rooms/${id}`],
      [`PATCH /v1/rooms/${id}`, { name: 'Mine' }],
      [`DELETE /v1/rooms/${id}`],
      [`GET /v1/rooms/${id}/members`],
      [`PUT /v1/rooms/${id}/members/eve`, { role: 'owner' }],
      [`DELETE /v1/rooms/${id}/members/ann`],
      [`PUT /v1/rooms/${id}/bans/ann`],
      [`DELETE /v1/rooms/${id}/bans/ann`],
      [`PUT /v1/rooms/${id}/notify`, { level: 'none' }],
    ] as const) {
      const answer = await ask(user, line, { body })
      expect([line, answer.status, answer.json.code]).toEqual([line, 404, 'not-member'])
    }
  }
  expect((await call('ann', `GET /v1/rooms/${room}`)).json).toMatchObject({ name: 'Tea', members: 1, head: 1 })
})

describe('a change', () => {
  test('has another ETag, and one that changes nothing has the same and is no event', async () => {
    const room = await group()
    const before = await call('ann', `GET /v1/rooms/${room}`)
    const change = (body: object, etag: unknown) =>
      call('ann', `PATCH /v1/rooms/${room}`, { body, headers: { 'if-match': String(etag) } })
    const same = await change({ name: 'Tea', retentionDays: null }, before.headers.etag)
    expect([same.status, same.headers.etag, same.json]).toEqual([200, before.headers.etag, before.json])
    const renamed = await change({ name: 'Coffee', retentionDays: 30 }, before.headers.etag)
    expect(renamed).toMatchObject({ status: 200, json: { name: 'Coffee', retentionDays: 30, head: 2 } })
    expect(renamed.headers.etag).not.toBe(before.headers.etag)
    expect((await change({ name: 'Milk' }, before.headers.etag)).json).toMatchObject({ code: 'precondition-failed' })
    expect(await log({ tenant, room })).toMatchObject([{ seq: 1 }, { seq: 2, type: 'room', name: 'Coffee' }])
  })

  test('of many at once with one ETag is made once', async () => {
    const room = await group()
    const { headers } = await call('ann', `GET /v1/rooms/${room}`)
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        call('ann', `PATCH /v1/rooms/${room}`, { body: { name }, headers: { 'if-match': String(headers.etag) } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
  })

  test('of members, messages and markers leaves the ETag', async () => {
    const room = await group()
    const before = await call('ann', `GET /v1/rooms/${room}`)
    await add(room, 'bob')
    const after = await call('ann', `GET /v1/rooms/${room}`)
    expect([after.headers.etag, after.json.members]).toEqual([before.headers.etag, 2])
    const known = await call('ann', `GET /v1/rooms/${room}`, {
      headers: { 'if-none-match': String(before.headers.etag) },
    })
    expect(known.status).toBe(304)
  })
})

describe('a deleted room', () => {
  test('is gone for all its members at once, and isn’t counted any more once they list their rooms', async () => {
    const [room, kept] = [await group(), await group()]
    for (const user of ['rob', 'sue']) {
      await add(room, user)
      await add(kept, user)
    }
    expect((await call('ann', `DELETE /v1/rooms/${room}`, { headers: { 'if-match': '"x"' } })).status).toBe(412)
    expect((await call('ann', `DELETE /v1/rooms/${room}`)).status).toBe(204)
    for (const user of ['ann', 'rob', 'sue']) expect((await call(user, `GET /v1/rooms/${room}`)).status).toBe(404)
    expect((await call('ann', `DELETE /v1/rooms/${room}`)).json.code).toBe('not-member')
    const lists = await Promise.all(Array.from({ length: 4 }, () => listed('rob')))
    expect(lists.map(({ ids }) => ids)).toEqual(Array.from({ length: 4 }, () => [kept]))
    expect([await countedRooms('rob'), await countedRooms('sue')]).toEqual([1, 2])
    expect(await itemAt(recordKey({ tenant, room }, { record: 'member', user: 'rob' }))).toBeUndefined()
    expect((await log({ tenant, room })).at(-1)).toMatchObject({ type: 'room', deleted: true, shards: 1 })
  })
})

describe('the list of rooms', () => {
  test('begins with the room that was active last, and goes on page by page', async () => {
    const rooms: string[] = []
    for (let index = 0; index < 5; index++) rooms.push(await group('lea'))
    await call('lea', `PATCH /v1/rooms/${rooms[1]}`, { body: { name: 'Now' } })
    const first = await listed('lea', 'limit=3')
    const second = await listed('lea', `limit=3&cursor=${first.next}`)
    expect([first.ids, second.ids, second.next]).toEqual([[rooms[1], rooms[4], rooms[3]], [rooms[2], rooms[0]], null])
  })

  test('goes on with its own cursor alone', async () => {
    for (let index = 0; index < 2; index++) await group('lou')
    const { next } = await listed('lou', 'limit=1')
    for (const query of [`cursor=${next}x`, 'cursor=']) {
      expect((await call('lou', 'GET /v1/rooms', { query })).json.code).toBe('invalid-cursor')
    }
    expect((await call('ann', 'GET /v1/rooms', { query: `cursor=${next}` })).json.code).toBe('invalid-cursor')
    expect((await call('ann', 'GET /v1/rooms', { query: 'limit=101' })).status).toBe(422)
  })
})

test('a caller whose name can’t be a user’s is refused', async () => {
  const { status, json } = await call('auth0|7', 'GET /v1/rooms')
  expect([status, json.code]).toEqual([403, 'forbidden'])
})
