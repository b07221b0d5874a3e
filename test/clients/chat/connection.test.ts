import type { ChatClient } from '../../../clients/chat/src/chat-client.ts'
import type { FakeSocket } from '../../support/fake-socket.ts'
import { aClient, aConnectedClient, type ClientUnderTest, settle, text } from './a-client.ts'

// `random` is always a half: a ping is due every 37.5 seconds, and waits are half of their limit.

const MINUTE = 60_000

test('each connection takes a token and a ticket of its own', async () => {
  let count = 0
  const { chat, clock } = await aConnectedClient({ token: async () => `token-${++count}` })
  chat.socket().drop()
  await clock.advance(1000)
  const asked = chat.requests.filter(({ url }) => url.pathname === '/v1/ws-ticket')
  expect(asked).toHaveLength(2)
  expect(new Set(asked.map(({ token }) => token)).size).toBe(2)
  const tickets = chat.sockets.map(({ url }) => url.searchParams.get('ticket'))
  expect(new Set(tickets).size).toBe(2)
  expect(chat.sockets[1]?.url.href).toBe(`wss://socket.example/v1?ticket=${tickets[1]}`)
})

/** @proves chat/client-recovers */
test('a connection is dead 10 seconds after a ping without an ack, though nobody closed it', async () => {
  const { chat, clock, client } = await aConnectedClient()
  const [first] = chat.sockets
  if (first) first.isDead = true
  await clock.advance(36_500 + 9999)
  expect(client.state().status).toBe('online')
  await clock.advance(1)
  expect(client.state().status).toBe('offline')
  await clock.advance(1000)
  expect(chat.sockets).toHaveLength(2)
  expect(client.state().status).toBe('online')
})

test('pings come every 30 to 45 seconds while they are answered', async () => {
  const values = [0, 0.999]
  let count = 0
  const { chat, clock } = await aConnectedClient({ random: () => values[count++ % 2] ?? 0 })
  await clock.advance(10 * MINUTE)
  expect(chat.frames('ping').length).toBeGreaterThanOrEqual(13)
  expect(chat.frames('ping').length).toBeLessThanOrEqual(20)
  expect(chat.sockets).toHaveLength(1)
})

test('waits between tries have full jitter under a limit that doubles up to 30 seconds', async () => {
  const { chat, clock, client, told } = aClient()
  chat.respond = () => Response.json({}, { status: 503 })
  client.start()
  await clock.advance(2 * MINUTE)
  const waits = told('state').flatMap(({ retryInMs }) => retryInMs ?? [])
  expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
})

test('a connection that caught up begins the waits anew', async () => {
  const { chat, clock, client, told } = await aConnectedClient()
  for (let round = 0; round < 3; round++) {
    chat.socket().drop()
    await clock.advance(2000)
  }
  expect(client.state().status).toBe('online')
  expect(told('state').flatMap(({ retryInMs }) => retryInMs ?? [])).toEqual([500, 500, 500])
})

test('a server that accepts and hangs up at once is asked less and less', async () => {
  const { chat, clock, client } = aClient()
  chat.answer = () => undefined
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? Response.json({}, { status: 503 }) : undefined)
  client.start()
  for (let second = 0; second < 60; second++) {
    await clock.advance(1000)
    for (const socket of chat.sockets) socket.drop()
  }
  expect(chat.sockets.length).toBeLessThan(10)
})

test('no token is told as the reason, and the next try asks for one again', async () => {
  let count = 0
  const token = async () => {
    count += 1
    if (count === 1) throw new Error('The issuer is down.')
    return 'a-token'
  }
  const { clock, client, told } = aClient({ token })
  client.start()
  await settle()
  expect(told('state').at(-1)).toMatchObject({
    status: 'offline',
    retryInMs: 500,
    error: { name: 'ChatUnavailable', reason: 'no-token', cause: { message: 'The issuer is down.' } },
  })
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
})

test('a token that never comes is waited for 10 seconds', async () => {
  const { clock, client } = aClient({ token: () => new Promise(() => {}) })
  client.start()
  await clock.advance(10_000)
  expect(client.state()).toMatchObject({ status: 'offline', error: { reason: 'timeout' } })
})

test('a refused token is told by its code, and tried again', async () => {
  const { chat, clock, client } = aClient()
  chat.respond = () => Response.json({ code: 'unauthorized' }, { status: 401 })
  client.start()
  await settle()
  expect(client.state()).toMatchObject({ status: 'offline', error: { name: 'ChatProblem', code: 'unauthorized' } })
  chat.respond = () => undefined
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
})

test('a refused upgrade is tried again with another ticket', async () => {
  const { chat, clock, client } = aClient()
  chat.acceptsUpgrades = false
  client.start()
  await settle()
  expect(client.state()).toMatchObject({ status: 'offline', error: { reason: 'unreachable' } })
  chat.acceptsUpgrades = true
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
})

test('the states of a connection are told in order', async () => {
  const { chat, clock, states } = await aConnectedClient()
  chat.socket().drop()
  await clock.advance(1000)
  const once = ['connecting', 'catching-up', 'online']
  expect(states()).toEqual([...once, 'offline', ...once])
})

test('waking up connects at once instead of waiting', async () => {
  const { chat, clock, client } = await aConnectedClient()
  chat.socket().drop()
  await settle()
  client.wake()
  await settle()
  expect(chat.sockets).toHaveLength(2)
  await clock.advance(1000)
  expect(chat.sockets).toHaveLength(2)
})

test('waking up during an attempt that fails connects again at once', async () => {
  const { chat, clock, client } = await aConnectedClient()
  chat.answersUpgrades = false
  chat.socket().drop()
  // Several attempts fail: waits are long.
  await clock.advance(300_000)
  client.wake()
  await settle()
  chat.answersUpgrades = true
  client.wake()
  await clock.advance(10_000)
  expect(client.state().status).toBe('online')
})

test('waking up asks at once whether the connection is alive', async () => {
  const { chat, clock, client } = await aConnectedClient()
  const [first] = chat.sockets
  if (first) first.isDead = true
  client.wake()
  await clock.advance(10_000)
  expect(client.state().status).toBe('offline')
})

test('a closed client leaves no timer and no connection', async () => {
  const { chat, clock, client } = await aConnectedClient()
  client.send({ room: 'r', body: 'hello' }).catch(() => {})
  client.close()
  await settle()
  expect(clock.pendingTimers()).toBe(0)
  expect(chat.sockets.some((socket) => socket.isOpen())).toBe(false)
  expect(client.state().status).toBe('closed')
})

/** Moments around the opening of a connection, counted in microtasks after the upgrade was accepted. */
const MOMENTS = Array.from({ length: 30 }, (_, index) => index)

async function atMoment(
  moment: number,
  act: (socket: FakeSocket, client: ChatClient) => void,
): Promise<ClientUnderTest> {
  const under = aClient()
  const { client, chat, clock } = under
  client.start()
  while (chat.sockets.length === 0) await Promise.resolve()
  for (let passed = 0; passed < moment; passed++) await Promise.resolve()
  const [socket] = chat.sockets
  if (socket) act(socket, client)
  await clock.advance(2000)
  return under
}

test.each(
  MOMENTS,
)('a client that is closed %d microtasks after an upgrade leaves no connection and no timer', async (moment) => {
  const { chat, clock } = await atMoment(moment, (_, client) => client.close())
  expect(chat.sockets.some((socket) => socket.isOpen())).toBe(false)
  expect(clock.pendingTimers()).toBe(0)
})

test.each(MOMENTS)('a connection that ends %d microtasks after its upgrade is followed by another', async (moment) => {
  const { client } = await atMoment(moment, (socket) => socket.drop())
  expect(client.state().status).toBe('online')
})

test('an upgrade that is never answered is given up after 10 seconds', async () => {
  const { chat, clock, client } = aClient()
  chat.answersUpgrades = false
  client.start()
  await clock.advance(10_000)
  expect(client.state()).toMatchObject({ status: 'offline', error: { reason: 'timeout' } })
  expect(chat.unanswered.map((socket) => socket.isClosed())).toEqual([true])
})

test('a client that is closed while it connects leaves nothing either', async () => {
  const { chat, clock, client } = aClient()
  client.start()
  client.close()
  await settle()
  expect(clock.pendingTimers()).toBe(0)
  expect(chat.sockets.some((socket) => socket.isOpen())).toBe(false)
})

test('frames that this client does not know, and what is no frame, are left alone', async () => {
  const { chat, seqs } = await aConnectedClient()
  const socket = chat.socket()
  socket.push({ t: 'weather', room: 'r' })
  socket.push({ t: 'events', room: 'r', events: [{ seq: 'one', type: 'message' }] })
  socket.push([1, 2] as never)
  chat.commit('r', text('hello'))
  await settle()
  expect(seqs('r')).toEqual([1])
})
