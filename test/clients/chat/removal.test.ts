import { aClient, aConnectedClient, settle, text } from './a-client.ts'
import { fakeChat } from './fake-chat.ts'

const left = { type: 'member', member: { user: 'ann', role: null, muted: false } }
const joined = { type: 'member', member: { user: 'ann', role: 'member', muted: false } }

test('a removal is told once, and nothing of the room after it', async () => {
  const { chat, clock, client, seqs, told } = await aConnectedClient({ positions: { r: 0, other: 0 } })
  chat.commit('r', text('one'))
  chat.log.commit('r', 'bob', left)
  chat.log.room('r').isMine = false
  for (let count = 0; count < 2; count++) chat.socket().push({ t: 'removed', room: 'r', seq: 2 })
  chat.deliver(chat.socket(), 'r', 1)
  chat.commit('other', text('goes on'))
  await clock.advance(10_000)
  expect(told('removed')).toEqual([{ room: 'r', seq: 2 }])
  expect([seqs('r'), seqs('other')]).toEqual([[1], [1]])
  expect(client.positions()).toEqual({ other: 1 })
})

test('a removal while the client was away is told when a list that was read to its end has no such room', async () => {
  const { chat, clock, told } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().drop()
  chat.log.commit('r', 'bob', left)
  chat.log.room('r').isMine = false
  await clock.advance(1000)
  expect(told('removed')).toEqual([{ room: 'r', seq: 1 }])
})

test('a removal that the service no longer knows the number of is one', async () => {
  const { chat, clock, told } = await aConnectedClient({ positions: { r: 0 } })
  chat.commit('r', text('one'))
  chat.socket().push({ t: 'removed', room: 'r', seq: 0 })
  await clock.advance(1000)
  expect(told('removed')).toEqual([{ room: 'r', seq: 1 }])
})

test('one who is added again gets the room from the event on by which that happened', async () => {
  const { chat, clock, seqs, told } = await aConnectedClient({ positions: { r: 0 } })
  chat.log.commit('r', 'bob', left)
  chat.socket().push({ t: 'removed', room: 'r', seq: 1 })
  await settle()
  chat.log.commit('r', 'bob', text('without you'))
  chat.log.commit('r', 'bob', joined)
  chat.deliver(chat.socket(), 'r', 3)
  chat.commit('r', text('welcome'))
  await clock.advance(1000)
  expect(told('start')).toEqual([{ room: 'r', position: 2, reason: 'new' }])
  expect(seqs('r')).toEqual([3, 4])
})

test('a late removal does not end a later membership', async () => {
  const { chat, clock, seqs, told } = await aConnectedClient({ positions: { r: 0 } })
  for (const content of [left, joined, text('welcome')]) chat.commit('r', content)
  await settle()
  chat.socket().push({ t: 'removed', room: 'r', seq: 1 })
  chat.commit('r', text('still here'))
  await clock.advance(1000)
  expect(told('removed')).toEqual([])
  expect(seqs('r')).toEqual([1, 2, 3, 4])
})

test('a list from before a removal does not bring the room back', async () => {
  const chat = fakeChat()
  const { client, clock, told } = aClient({ positions: { r: 0 } }, chat)
  const list = Promise.withResolvers<Response>()
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? list.promise : undefined)
  client.start()
  await clock.advance(100)
  chat.socket().push({ t: 'removed', room: 'r', seq: 2 })
  await settle()
  list.resolve(Response.json({ items: [{ id: 'r', head: 3 }], nextCursor: null }))
  await clock.advance(100)
  expect(client.state().status).toBe('online')
  expect([told('removed'), told('start')]).toEqual([[{ room: 'r', seq: 2 }], []])
})

test('a list that has not heard of a removal does not bring the room back, and one that has a later event does', async () => {
  const { chat, clock, told } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().push({ t: 'removed', room: 'r', seq: 1 })
  await settle()
  chat.log.commit('r', 'bob', left)
  await clock.advance(301_000)
  expect(told('start')).toEqual([])
  chat.log.commit('r', 'bob', joined)
  await clock.advance(301_000)
  expect(told('start')).toEqual([{ room: 'r', position: 2, reason: 'new' }])
})

test('a room that was left is watched no more', async () => {
  const { chat, client } = await aConnectedClient({ positions: { r: 0, other: 0 } })
  client.watch(['r', 'other'])
  await settle()
  chat.socket().push({ t: 'removed', room: 'r', seq: 1 })
  await settle()
  expect(chat.frames('watch').map(({ rooms }) => rooms)).toEqual([['r', 'other'], ['other']])
})
