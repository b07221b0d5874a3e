import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { MAX_ROOMS } from '../../../functions/chat/domain/room.ts'
import { toItem } from '../../../functions/chat/store/items.ts'
import { recordKey, roomCountKey } from '../../../functions/chat/store/keys.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { chatApi } from '../chat-api.ts'
import { overtaken } from '../overtaken.ts'

const { call, tenant, tenantOf, log, group, table, itemAt, countedRooms } = await chatApi()
const { signal } = new AbortController()

/** Creates a room of these users, of whom the first owns it. */
const roomOf = async (...users: string[]) => (await group(users, { tenant, room: crypto.randomUUID() })).room
const put = (asker: string, path: string, body: object) => call(asker, `PUT /v1/rooms/${path}`, { body })
const membersOf = async (room: string, user = 'ann') => {
  const { json } = await call(user, `GET /v1/rooms/${room}/members`)
  return Object.fromEntries(json.items.map((member: { user: string; role: string }) => [member.user, member.role]))
}

describe('a member', () => {
  test('is added with 201, changed with 200, and is an event that other systems get', async () => {
    const room = await roomOf('ann')
    const added = await put('ann', `${room}/members/bob`, { role: 'member' })
    expect([added.status, added.json]).toEqual([201, { user: 'bob', role: 'member', muted: false }])
    const muted = await put('ann', `${room}/members/bob`, { role: 'admin', muted: true })
    expect([muted.status, muted.json]).toEqual([200, { user: 'bob', role: 'admin', muted: true }])
    const same = await put('ann', `${room}/members/bob`, { role: 'admin' })
    expect([same.status, same.json]).toEqual([200, { user: 'bob', role: 'admin', muted: true }])
    expect(await log({ tenant, room })).toMatchObject([
      { seq: 1, type: 'room' },
      { seq: 2, type: 'member', user: 'ann', member: { user: 'bob', role: 'member' }, joined: ['bob'] },
      { seq: 3, type: 'member', member: { user: 'bob', role: 'admin', muted: true } },
    ])
    const entry = readEntry((await itemAt(recordKey({ tenant, room }, { record: 'event', seq: 2 }))) ?? {})
    expect(entry).toMatchObject({ sequence: 2, entry: { type: 'chat.member.changed' } })
  })

  test('sees the room once added, and no more once removed, with what is left of it in the number of the departure', async () => {
    const room = await roomOf('ann', 'cem')
    await put('ann', `${room}/members/dot`, { role: 'member' })
    expect((await call('dot', `GET /v1/rooms/${room}`)).json).toMatchObject({ role: 'member', read: 2, unread: 0 })
    expect(await countedRooms('dot')).toBe(1)
    expect((await call('ann', `DELETE /v1/rooms/${room}/members/dot`)).status).toBe(204)
    expect((await call('dot', `GET /v1/rooms/${room}`)).status).toBe(404)
    expect((await call('dot', 'GET /v1/rooms')).json.items).toEqual([])
    expect(await countedRooms('dot')).toBe(0)
    expect(await itemAt(recordKey({ tenant, room }, { record: 'departure', user: 'dot' }))).toMatchObject({
      seq: { N: '3' },
    })
    expect((await call('ann', `DELETE /v1/rooms/${room}/members/dot`)).json.code).toBe('not-found')
    expect((await call('cem', `DELETE /v1/rooms/${room}/members/cem`)).status).toBe(204)
    expect((await call('cem', `DELETE /v1/rooms/${room}/members/cem`)).json.code).toBe('not-member')
  })

  test('who joins again sees what came since, if the room is so', async () => {
    const { json } = await call('ann', 'POST /v1/rooms', {
      body: { kind: 'group', name: 'New', history: 'since-join' },
    })
    for (let run = 0; run < 2; run++) {
      await put('ann', `${json.id}/members/bob`, { role: 'member' })
      if (run === 0) await call('ann', `DELETE /v1/rooms/${json.id}/members/bob`)
    }
    expect((await call('bob', `GET /v1/rooms/${json.id}`)).json).toMatchObject({ head: 4, floor: 4, read: 4 })
    expect((await call('ann', `GET /v1/rooms/${json.id}`)).json).toMatchObject({ head: 4, floor: 1 })
  })

  test('sets which messages notify the member', async () => {
    const room = await roomOf('ann', 'bob')
    expect((await put('bob', `${room}/notify`, { level: 'none' })).json).toEqual({ level: 'none' })
    expect((await call('bob', `GET /v1/rooms/${room}`)).json).toMatchObject({ notify: 'none', head: 1 })
    expect((await call('ann', `GET /v1/rooms/${room}`)).json).toMatchObject({ notify: 'mentions' })
    expect((await put('bob', `${room}/notify`, { level: 'some' })).status).toBe(422)
  })
})

test('members are listed by name, page by page, for members alone', async () => {
  const users = Array.from({ length: 7 }, (_, index) => `user-${index}`)
  const room = await roomOf('ann', ...users)
  const page = async (query: string) => (await call('ann', `GET /v1/rooms/${room}/members`, { query })).json
  const first = await page('limit=4')
  const second = await page(`limit=4&cursor=${first.nextCursor}`)
  expect([...first.items, ...second.items].map(({ user }) => user)).toEqual(['ann', ...users])
  expect(first.items[0]).toEqual({ user: 'ann', role: 'owner', muted: false, read: 1, online: false })
  const other = await roomOf('ann')
  const query = `cursor=${first.nextCursor}`
  expect((await call('ann', `GET /v1/rooms/${other}/members`, { query })).json.code).toBe('invalid-cursor')
})

describe('rights', () => {
  test('of a member end with its own row', async () => {
    const room = await roomOf('ann', 'bob', 'cem')
    for (const [line, body] of [
      [`PUT /v1/rooms/${room}/members/zoe`, { role: 'member' }],
      [`PUT /v1/rooms/${room}/members/bob`, { role: 'admin' }],
      [`PUT /v1/rooms/${room}/members/cem`, { role: 'member', muted: true }],
      [`DELETE /v1/rooms/${room}/members/cem`],
      [`PUT /v1/rooms/${room}/bans/cem`],
      [`DELETE /v1/rooms/${room}/bans/cem`],
      [`PATCH /v1/rooms/${room}`, { name: 'Mine' }],
      [`DELETE /v1/rooms/${room}`],
    ] as const) {
      expect([line, (await call('bob', line, { body })).json?.code]).toEqual([line, 'forbidden'])
    }
    expect(await membersOf(room)).toEqual({ ann: 'owner', bob: 'member', cem: 'member' })
  })

  test('are handed over: another owner, and the first one may go', async () => {
    const room = await roomOf('ann', 'bob')
    expect((await call('ann', `DELETE /v1/rooms/${room}/members/ann`)).json.code).toBe('last-owner')
    expect((await put('ann', `${room}/members/ann`, { role: 'member' })).json.code).toBe('last-owner')
    await put('ann', `${room}/members/bob`, { role: 'owner' })
    expect(await membersOf(room)).toEqual({ ann: 'owner', bob: 'owner' })
    expect((await call('ann', `DELETE /v1/rooms/${room}/members/ann`)).status).toBe(204)
    expect(await membersOf(room, 'bob')).toEqual({ bob: 'owner' })
  })
})

describe('a ban', () => {
  test('removes a member, and keeps them out until it is lifted', async () => {
    const room = await roomOf('ann', 'bob')
    expect((await call('ann', `PUT /v1/rooms/${room}/bans/bob`)).status).toBe(204)
    expect((await call('ann', `PUT /v1/rooms/${room}/bans/bob`)).status).toBe(204)
    expect((await call('bob', `GET /v1/rooms/${room}`)).status).toBe(404)
    expect((await put('ann', `${room}/members/bob`, { role: 'member' })).json).toMatchObject({
      status: 409,
      code: 'banned',
    })
    expect((await call('ann', `DELETE /v1/rooms/${room}/bans/bob`)).status).toBe(204)
    expect((await call('ann', `DELETE /v1/rooms/${room}/bans/bob`)).json.code).toBe('not-found')
    expect((await put('ann', `${room}/members/bob`, { role: 'member' })).status).toBe(201)
    expect((await log({ tenant, room })).map((event) => 'banned' in event && event.banned)).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  test('keeps out whom another admin was adding, and removes whom another one has just added', async () => {
    const room = await roomOf('ann', 'adi')
    await put('ann', `${room}/members/adi`, { role: 'admin' })
    const add = (user: string) => put('adi', `${room}/members/${user}`, { role: 'member' })
    const ban = (user: string) => call('ann', `PUT /v1/rooms/${room}/bans/${user}`)
    const added = await overtaken(table.client, { first: () => ban('fin'), work: () => add('fin') })
    expect(added.json).toMatchObject({ status: 409, code: 'banned' })
    const banned = await overtaken(table.client, { first: () => add('gus'), work: () => ban('gus') })
    expect(banned.status).toBe(204)
    expect(await membersOf(room)).toEqual({ ann: 'owner', adi: 'admin' })
  })

  test('and an addition at the same moment end with the user out, ten times of ten', async () => {
    for (let run = 0; run < 10; run++) {
      const room = await roomOf('ann', 'adi')
      await put('ann', `${room}/members/adi`, { role: 'admin' })
      const [ban, addition] = await Promise.all([
        call('ann', `PUT /v1/rooms/${room}/bans/eli`),
        put('adi', `${room}/members/eli`, { role: 'member' }),
      ])
      expect(ban.status).toBe(204)
      expect([201, 404, 409]).toContain(addition.status)
      expect(await membersOf(room)).toEqual({ ann: 'owner', adi: 'admin' })
      expect(await countedRooms('eli')).toBe(0)
      expect((await call('ann', `GET /v1/rooms/${room}`)).json.members).toBe(2)
    }
  })
})

/** @proves chat/an-owner-stays */
test('when the last two owners leave or step down at once, one stays, ten times of ten', async () => {
  for (let run = 0; run < 10; run++) {
    const room = await roomOf('ann', 'bob', 'cem')
    await put('ann', `${room}/members/bob`, { role: 'owner' })
    const answers = await Promise.all([
      call('ann', `DELETE /v1/rooms/${room}/members/ann`),
      run % 2
        ? call('bob', `DELETE /v1/rooms/${room}/members/bob`)
        : put('bob', `${room}/members/bob`, { role: 'member' }),
    ])
    expect(answers.filter(({ json }) => json?.code === 'last-owner')).toHaveLength(1)
    expect(Object.values(await membersOf(room, 'cem')).filter((role) => role === 'owner')).toHaveLength(1)
  }
})

test('two who add the same user at once add one member', async () => {
  const room = await roomOf('ann')
  const answers = await Promise.all([1, 2, 3].map(() => put('ann', `${room}/members/bob`, { role: 'member' })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
  expect((await call('ann', `GET /v1/rooms/${room}`)).json).toMatchObject({ members: 2, head: 2 })
})

test('of two who add the same user only if they are no member, the later one changes nothing', async () => {
  const room = await roomOf('ann')
  const add = (role: string) =>
    call('ann', `PUT /v1/rooms/${room}/members/bob`, { body: { role }, headers: { 'if-none-match': '*' } })
  const late = await overtaken(table.client, { first: () => add('owner'), work: () => add('member') })
  expect(late.json).toMatchObject({ status: 412, code: 'precondition-failed' })
  expect(await membersOf(room)).toEqual({ ann: 'owner', bob: 'owner' })
  const ban = () => call('ann', `PUT /v1/rooms/${room}/bans/cem`, { headers: { 'if-none-match': '*' } })
  const banned = await overtaken(table.client, { first: ban, work: ban })
  expect(banned.json).toMatchObject({ status: 412, code: 'precondition-failed' })
  expect((await call('ann', `GET /v1/rooms/${room}`)).json).toMatchObject({ members: 2, head: 3 })
})

describe('the limit of rooms', () => {
  /** Sets the counter of a user's rooms. */
  const countRooms = async (user: string, rooms: number) => {
    const counter: WriteRequest = { PutRequest: { Item: toItem({ ...roomCountKey({ tenant, user }), rooms }) } }
    await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: [counter] } }), { signal })
  }

  test('refuses whoever adds or creates one more, and leaves no trace', async () => {
    const room = await roomOf('ann')
    await countRooms('max', MAX_ROOMS)
    for (const answer of [
      await put('ann', `${room}/members/max`, { role: 'member' }),
      await call('max', 'POST /v1/rooms', { body: { kind: 'group', name: 'One more' } }),
      await call('ann', 'POST /v1/rooms', { body: { kind: 'direct', with: 'max' } }),
    ]) {
      expect(answer.json).toMatchObject({ status: 409, code: 'limit-reached' })
    }
    expect((await call('ann', `GET /v1/rooms/${room}`)).json).toMatchObject({ members: 1, head: 1 })
    expect((await call('max', 'GET /v1/rooms')).json.items).toEqual([])
  })

  test('holds for those who join at the same moment', async () => {
    const rooms = [await roomOf('ann'), await roomOf('ann'), await roomOf('ann')]
    await countRooms('lim', MAX_ROOMS - 1)
    const answers = await Promise.all(rooms.map((room) => put('ann', `${room}/members/lim`, { role: 'member' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(await countedRooms('lim')).toBe(MAX_ROOMS)
  })

  test('counts no room that was deleted', async () => {
    const [deleted, room] = [await roomOf('ann', 'del'), await roomOf('ann')]
    await countRooms('del', MAX_ROOMS)
    await call('ann', `DELETE /v1/rooms/${deleted}`)
    expect((await put('ann', `${room}/members/del`, { role: 'member' })).status).toBe(201)
    expect(await countedRooms('del')).toBe(MAX_ROOMS)
    expect(await itemAt(recordKey({ tenant, room: deleted }, { record: 'member', user: 'del' }))).toBeUndefined()
    // The same holds for rooms that the user creates.
    await call('ann', `DELETE /v1/rooms/${room}`)
    expect((await call('del', 'POST /v1/rooms', { body: { kind: 'group', name: 'New' } })).status).toBe(201)
    expect(await countedRooms('del')).toBe(MAX_ROOMS)
  })
})

test('tenants share no member, ban or block', async () => {
  const other = tenantOf(`${tenant}-x`)
  const room = await roomOf('ann')
  expect((await other('ann', `PUT /v1/rooms/${room}/bans/bob`)).status).toBe(404)
  expect((await other('ann', 'PUT /v1/blocks/bob')).status).toBe(204)
  expect((await call('ann', 'DELETE /v1/blocks/bob')).status).toBe(404)
})
