import { randomUUID } from 'node:crypto'
import { MAX_UNREAD } from '../../../functions/chat/rooms/unread.ts'
import { createMarkRead } from '../../../functions/chat/store/mark-read.ts'
import { chatApi } from '../chat-api.ts'
import { seqOf, talk } from './talk.ts'

const { call, tenant, group, send, commit, table } = await chatApi()
const { remove, edit, react } = talk(commit)
const markRead = createMarkRead(table)
const { signal } = new AbortController()

const roomOf = (...users: string[]) => group(users, { tenant, room: randomUUID() })
type Room = Awaited<ReturnType<typeof roomOf>>

/** Returns what the room and the list of rooms say that a user hasn't read; both must agree. */
const unreadOf = async ({ room }: Room, user: string) => {
  const { unread, mentions } = (await call(user, `GET /v1/rooms/${room}`)).json
  const { items } = (await call(user, 'GET /v1/rooms', { query: 'limit=100' })).json
  expect(items.find(({ id }: { id: string }) => id === room)).toMatchObject({ unread, mentions })
  return [unread, mentions]
}
const say = async (id: Room, user: string, ...mentions: string[]) => seqOf(await send(id, user, { mentions }))

/** @proves chat/unread-exact */
test('messages of others are counted, and not the user’s own, edits, reactions or joins', async () => {
  const id = await roomOf('ann', 'bob')
  expect(await unreadOf(id, 'bob')).toEqual([0, 0])
  const target = await say(id, 'ann')
  await say(id, 'bob')
  await edit(id, 'ann', { target })
  await react(id, 'ann', { target })
  await call('ann', `PUT /v1/rooms/${id.room}/members/cem`, { body: { role: 'member' } })
  await send(id, 'ann', { threadRoot: target })
  expect([await unreadOf(id, 'bob'), await unreadOf(id, 'ann'), await unreadOf(id, 'cem')]).toEqual([
    [2, 0],
    [1, 0],
    [1, 0],
  ])
})

test('mentions are those of the user or of all, each message once, and not the user’s own', async () => {
  const id = await roomOf('ann', 'bob')
  await say(id, 'ann', 'bob', 'all')
  await say(id, 'ann', 'all')
  await say(id, 'ann', 'bob')
  await say(id, 'ann', 'cem')
  await say(id, 'bob', 'bob')
  expect([await unreadOf(id, 'bob'), await unreadOf(id, 'ann')]).toEqual([
    [4, 3],
    [1, 0],
  ])
})

/** @proves chat/unread-exact */
test('what is deleted unread is not counted any more, and its text is gone from the list', async () => {
  const id = await roomOf('ann', 'bob')
  const [, target] = [await say(id, 'ann', 'bob'), await say(id, 'ann', 'all')]
  expect(await unreadOf(id, 'bob')).toEqual([2, 2])
  await remove(id, 'ann', { target })
  expect(await unreadOf(id, 'bob')).toEqual([1, 1])
  const { lastMessage } = (await call('bob', `GET /v1/rooms/${id.room}`)).json
  expect(lastMessage).toMatchObject({ seq: target, user: 'ann', body: null })
})

test('what was read before the marker is not counted', async () => {
  const id = await roomOf('ann', 'bob')
  const [first, second] = [await say(id, 'ann', 'bob'), await say(id, 'ann', 'all')]
  await markRead({ ...id, user: 'bob', seq: first }, signal)
  expect(await unreadOf(id, 'bob')).toEqual([1, 1])
  await markRead({ ...id, user: 'bob', seq: second }, signal)
  expect(await unreadOf(id, 'bob')).toEqual([0, 0])
})

test('a user who joins a room with history has nothing unread, and sees its last message', async () => {
  const id = await roomOf('ann')
  const seq = await say(id, 'ann', 'cem', 'all')
  await call('ann', `PUT /v1/rooms/${id.room}/members/cem`, { body: { role: 'member' } })
  expect(await unreadOf(id, 'cem')).toEqual([0, 0])
  expect((await call('cem', `GET /v1/rooms/${id.room}`)).json.lastMessage).toMatchObject({ seq })
})

test('a user who joins a room without history sees no earlier message', async () => {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'New', history: 'since-join' } })
  const id = { tenant, room: json.id }
  await say(id, 'ann')
  await call('ann', `PUT /v1/rooms/${id.room}/members/cem`, { body: { role: 'member' } })
  expect((await call('cem', `GET /v1/rooms/${id.room}`)).json.lastMessage).toBeNull()
})

/** @proves chat/unread-exact */
test('counts are exact up to 99, beside any number of the user’s own and of deleted messages', async () => {
  const id = await roomOf('ann', 'bob')
  // One sender at a time: a room takes one message at a time.
  for (let index = 0; index < 99; index++) {
    await say(id, 'bob', 'ann')
    const target = await say(id, 'ann', 'bob')
    if (index % 3 === 0) await remove(id, 'ann', { target })
  }
  expect(await unreadOf(id, 'bob')).toEqual([66, 66])
  for (let index = 0; index < 33; index++) await say(id, 'ann', 'all')
  expect(await unreadOf(id, 'bob')).toEqual([99, 99])
  await say(id, 'ann', 'bob')
  await say(id, 'ann', 'bob')
  expect(await unreadOf(id, 'bob')).toEqual([MAX_UNREAD, MAX_UNREAD])
})
