import type { JourneySocket } from '../../../lib/shared/journey.ts'
import { connectSocket } from '../../../tools/smoke/socket.ts'
import { freePort } from '../../../tools/test/free-port.ts'
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts'
import type { ServerFrame } from '../../support/socket.ts'

const TICKET = 'a+b/c=&d'
const SHORT_MS = 100

let server: LoopbackServer
let received: ServerFrame[]
let socket: JourneySocket

const open = (timeout?: number) => connectSocket({ url: server.webSocketUrl, ticket: TICKET, timeout })

beforeEach(async () => {
  received = []
  server = await startLoopbackServer({
    http: () => ({}),
    frame(frame) {
      received.push(frame)
      const { action, id } = frame
      if (action === 'cut') server.tcp.at(-1)?.destroy()
      if (action === 'cut' || action === 'silent') return []
      if (action === 'bad') return [{ t: 'ack', id, ok: false, code: 'TOO_LARGE', message: 'The text is too long.' }]
      return [
        { t: 'events', of: id },
        { t: 'ack', id: 'of-another', ok: false },
        { t: 'ack', id, ok: true, seq: 7 },
      ]
    },
  })
})
afterEach(() => {
  socket?.close()
  server.close()
})

test('the ticket arrives unchanged, and is in the URL alone', async () => {
  socket = await open()
  expect(server.upgrades.map((url) => new URL(url, server.url).searchParams.get('ticket'))).toEqual([TICKET])
  expect(received).toEqual([])
})

test('an action is sent with a version and an id of its own, and returns its own ack', async () => {
  socket = await open()
  const acks = [await socket.send('send', { room: 'r' }), await socket.send('send')]
  expect(acks).toMatchObject([{ id: 'send-1', seq: 7 }, { id: 'send-2' }])
  expect(received).toEqual([
    { v: 1, action: 'send', id: 'send-1', room: 'r' },
    { v: 1, action: 'send', id: 'send-2' },
  ])
})

test('a frame is received that arrived before it was asked for, and the first that matches', async () => {
  socket = await open()
  await socket.send('send')
  await socket.send('send')
  expect(await socket.receive('the events', ({ t }) => t === 'events')).toEqual({ t: 'events', of: 'send-1' })
})

test('a frame is received that arrives after it was asked for', async () => {
  socket = await open()
  const events = socket.receive('the events', ({ t }) => t === 'events')
  await socket.send('send')
  expect(await events).toMatchObject({ of: 'send-1' })
})

describe('an error names the step and the reason in one line:', () => {
  test('a refusal', async () => {
    socket = await open()
    const error = 'bad: expected an ack, got TOO_LARGE: The text is too long.'
    await expect(socket.send('bad')).rejects.toMatchObject({ name: 'UserError', message: error })
  })

  test('an ack that does not come in time', async () => {
    socket = await open(SHORT_MS)
    const error = 'the ack of silent: nothing within 0.1 s'
    await expect(socket.send('silent')).rejects.toMatchObject({ name: 'UserError', message: error })
  })

  test('a connection that ends while an ack is awaited', async () => {
    socket = await open()
    const error = 'the ack of cut: the connection was closed or refused'
    await expect(socket.send('cut')).rejects.toMatchObject({ name: 'UserError', message: error })
  })

  test('a connection that is refused', async () => {
    const url = `ws://127.0.0.1:${await freePort()}`
    const error = 'opening the connection: the connection was closed or refused'
    await expect(connectSocket({ url, ticket: TICKET })).rejects.toMatchObject({ name: 'UserError', message: error })
  })

  test('a missing URL', async () => {
    const error = 'The journey needs --web-socket-url, the output WebSocketUrl of the stack.'
    await expect(connectSocket({ url: undefined, ticket: TICKET })).rejects.toMatchObject({
      name: 'UserError',
      message: error,
    })
  })
})

test('closing ends the connection', async () => {
  const { close } = await open()
  const ended = new Promise((resolve) => server.tcp[0]?.once('close', resolve))
  close()
  await ended
})
