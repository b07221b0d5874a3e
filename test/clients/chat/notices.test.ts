import { createChatClient } from '../../../clients/chat/src/chat-client.ts'
import { aClient, aConnectedClient, settle, text } from './a-client.ts'

test('read markers, typing and presence of others are told', async () => {
  const { chat, told } = await aConnectedClient()
  chat.socket().push({ t: 'read', room: 'r', user: 'bob', seq: 3 })
  chat.socket().push({ t: 'typing', room: 'r', user: 'bob' })
  chat.socket().push({ t: 'presence', room: 'r', user: 'bob', online: true })
  await settle()
  expect(told('read')).toEqual([{ room: 'r', user: 'bob', seq: 3 }])
  expect(told('typing')).toEqual([{ room: 'r', user: 'bob' }])
  expect(told('presence')).toEqual([{ room: 'r', user: 'bob', online: true }])
})

test('of read markers that are set without a connection, the highest is sent', async () => {
  const { chat, client, clock } = aClient()
  for (const seq of [3, 7, 5]) client.read('r', seq)
  client.start()
  await clock.advance(1000)
  expect(chat.frames('read').map(({ room, seq }) => [room, seq])).toEqual([['r', 7]])
})

test('a read marker without an ack is sent again over the next connection', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = ({ action }) => (action === 'read' ? undefined : 'pass')
  client.read('r', 4)
  await settle()
  chat.answer = () => 'pass'
  chat.socket().drop()
  await clock.advance(2000)
  expect(chat.frames('read').map(({ seq }) => seq)).toEqual([4, 4])
})

test('a read marker that is refused for good is not repeated', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = ({ action, id }) =>
    action === 'read' ? { t: 'ack', id, ok: false, code: 'NOT_MEMBER', message: '' } : 'pass'
  client.read('r', 4)
  await clock.advance(60_000)
  expect(chat.frames('read')).toHaveLength(1)
})

test('rooms are watched over each new connection', async () => {
  const { chat, client, clock } = await aConnectedClient()
  client.watch(['a'])
  client.watch(['a', 'b', 'b'])
  await settle()
  chat.socket().drop()
  await clock.advance(1000)
  expect(chat.frames('watch').map(({ rooms }) => rooms)).toEqual([['a'], ['a', 'b'], ['a', 'b']])
})

test('watching that fails is tried again, unless other rooms are watched by then', async () => {
  const { chat, client, clock } = await aConnectedClient()
  const refusal = { t: 'ack', ok: false, code: 'UNAVAILABLE', message: '' }
  chat.answer = ({ action, id }) => (action === 'watch' ? { ...refusal, id } : 'pass')
  client.watch(['a'])
  await clock.advance(600)
  expect(chat.frames('watch').map(({ rooms }) => rooms)).toEqual([['a'], ['a']])
  chat.answer = () => 'pass'
  client.watch(['b'])
  await clock.advance(10_000)
  expect(chat.frames('watch').map(({ rooms }) => rooms)).toEqual([['a'], ['a'], ['b']])
})

test('more rooms than can be watched are refused by their number', async () => {
  const { client } = aClient()
  const rooms = Array.from({ length: 21 }, (_, index) => `r${index}`)
  expect(() => client.watch(rooms)).toThrow('At most 20 rooms can be watched, not 21.')
})

test('typing is told now or not at all', async () => {
  const { chat, client, clock } = aClient()
  client.typing('r')
  client.start()
  await clock.advance(1000)
  expect(chat.frames('typing')).toEqual([])
  client.typing('r')
  await settle()
  expect(chat.frames('typing')).toMatchObject([{ room: 'r' }])
})

test('a listener that is taken off hears no more', async () => {
  const { chat, client } = await aConnectedClient()
  const bodies: unknown[] = []
  const off = client.on('message', ({ body }) => void bodies.push(body))
  chat.commit('r', text('one'))
  await settle()
  off()
  chat.commit('r', text('two'))
  await settle()
  expect(bodies).toEqual(['one'])
})

test('a listener that throws stops neither the others nor the client', async () => {
  const errors: unknown[] = []
  const { chat, client, heard } = await aConnectedClient({ onListenerError: (error) => void errors.push(error) })
  const bodies: unknown[] = []
  const failure = new Error('The application failed.')
  client.on('message', () => {
    throw failure
  })
  client.on('message', ({ body }) => void bodies.push(body))
  for (const body of ['one', 'two']) chat.commit('r', text(body))
  await settle()
  expect(bodies).toEqual(['one', 'two'])
  expect(heard.filter(({ type }) => type === 'message')).toHaveLength(2)
  expect(errors).toEqual([failure, failure])
})

test.each([
  [{ url: 'chat.example' }, 'url must match'],
  [{ webSocketUrl: 'https://socket.example' }, 'webSocketUrl must match /^wss?:\\/\\//, not https://socket.example'],
  [{ maxPending: 0 }, 'maxPending must be a whole number above 0, not 0'],
  [{ giveUpAfterMs: 24 * 3_600_000 }, 'giveUpAfterMs must be above 0 and at most 82800000, not 86400000'],
])('%j is refused with its value', (options, message) => {
  const usable = { url: 'https://chat.example', webSocketUrl: 'wss://socket.example', token: 't' }
  expect(() => createChatClient({ ...usable, ...options })).toThrow(message)
})

test('messages are read with the query that was asked for', async () => {
  const { chat, client } = aClient()
  chat.respond = () => Response.json({ items: [{ seq: 4 }], nextCursor: null })
  expect(await client.messages('r/1', { before: 5, limit: 1 })).toEqual({ items: [{ seq: 4 }], nextCursor: null })
  // A redirect would take the token elsewhere.
  expect(chat.requests[0]?.redirect).toBe('manual')
  expect(chat.requests[0]?.url.href).toBe('https://chat.example/v1/rooms/r%2F1/messages?before=5&limit=1')
})
