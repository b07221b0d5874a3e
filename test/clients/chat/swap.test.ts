import { aConnectedClient, settle, text } from './a-client.ts'

const MINUTE = 60_000

test.each([
  [0, 100],
  [0.999, 114.98],
])('with %d of the random range, the connection is replaced after %d minutes', async (random, minutes) => {
  const { chat, clock } = await aConnectedClient({ random: () => random })
  await clock.advance(minutes * MINUTE - 2000)
  expect(chat.sockets).toHaveLength(1)
  await clock.advance(3000)
  expect(chat.sockets).toHaveLength(2)
})

test('the older connection closes only when the newer one has caught up', async () => {
  const { chat, clock, client, states } = await aConnectedClient()
  const [older] = chat.sockets
  const list = Promise.withResolvers<Response>()
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? list.promise : undefined)
  chat.socket().push({ t: 'reconnect', afterMs: 3000 })
  await clock.advance(3000)
  expect(chat.sockets).toHaveLength(2)
  expect(older?.isOpen()).toBe(true)
  chat.respond = () => undefined
  list.resolve(Response.json({ items: [], nextCursor: null }))
  await settle()
  expect(older?.isOpen()).toBe(false)
  expect(client.state().status).toBe('online')
  expect(states()).toEqual(['connecting', 'catching-up', 'online'])
})

test('the older connection stays until the newer one has resumed what is missing', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  const [older] = chat.sockets
  chat.answer = ({ action }) => (action === 'resume' ? undefined : 'pass')
  for (const body of ['one', 'two']) chat.log.commit('r', 'bob', text(body))
  chat.deliver(chat.socket(), 'r', 2)
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  await clock.advance(1000)
  expect(chat.sockets).toHaveLength(2)
  expect(older?.isOpen()).toBe(true)
  chat.answer = () => 'pass'
  await clock.advance(60_000)
  expect(older?.isOpen()).toBe(false)
  expect(seqs('r')).toEqual([1, 2])
})

test('the server says when: not before, and not later', async () => {
  const { chat, clock } = await aConnectedClient()
  chat.socket().push({ t: 'reconnect', afterMs: 60_000 })
  await clock.advance(59_999)
  expect(chat.sockets).toHaveLength(1)
  await clock.advance(1)
  expect(chat.sockets).toHaveLength(2)
})

test('events over both connections are told once, in order, and none is left out', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  const [older] = chat.sockets
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  chat.commit('r', text('before'))
  if (older) older.losesEvents = true
  chat.log.commit('r', 'bob', text('between both'))
  await settle()
  chat.commit('r', text('after'))
  await clock.advance(1000)
  expect(seqs('r')).toEqual([1, 2, 3])
  expect(older?.isOpen()).toBe(false)
})

test('the older connection stays while no newer one can be had', async () => {
  const { chat, clock, client, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.acceptsUpgrades = false
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  await clock.advance(20_000)
  expect(client.state().status).toBe('online')
  chat.commit('r', text('still here'))
  await settle()
  expect(seqs('r')).toEqual([1])
  chat.acceptsUpgrades = true
  await clock.advance(30_000)
  expect(chat.sockets).toHaveLength(2)
  expect(chat.sockets[0]?.isOpen()).toBe(false)
})

test('when the newer connection ends first, the older one serves on until there is another', async () => {
  const { chat, clock, client } = await aConnectedClient()
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? Response.json({}, { status: 503 }) : undefined)
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  await clock.advance(100)
  expect(chat.sockets).toHaveLength(2)
  chat.socket().drop()
  chat.respond = () => undefined
  const sent = client.send({ room: 'r', body: 'hello' })
  await settle()
  expect(await sent).toMatchObject({ seq: 1, dup: false })
  expect(chat.sockets[0]?.received.some(({ action }) => action === 'send')).toBe(true)
  await clock.advance(1000)
  expect(chat.sockets).toHaveLength(3)
  expect(chat.sockets.filter((socket) => socket.isOpen())).toHaveLength(1)
})

test('an older connection that serves on closes the gap that the newer one has left', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? Response.json({}, { status: 503 }) : undefined)
  await clock.advance(10)
  chat.log.commit('r', 'bob', text('one'))
  chat.log.commit('r', 'bob', text('two'))
  chat.deliver(chat.socket(), 'r', 2)
  await clock.advance(10)
  chat.acceptsUpgrades = false
  chat.socket().drop()
  await clock.advance(400)
  expect(seqs('r')).toEqual([1, 2])
})

test('a commit without an answer when the older connection closes is sent over the newer one', async () => {
  const { chat, clock, client } = await aConnectedClient()
  chat.answer = (frame, socket) => (frame.action === 'send' && socket === chat.sockets[0] ? undefined : 'pass')
  const sent = client.send({ room: 'r', body: 'hello' })
  await settle()
  chat.socket().push({ t: 'reconnect', afterMs: 0 })
  await clock.advance(100)
  expect(await sent).toMatchObject({ seq: 1 })
  expect(new Set(chat.frames('send').map(({ cid }) => cid)).size).toBe(1)
})
