import { aClient, aConnectedClient, settle, text } from './a-client.ts'
import { fakeChat } from './fake-chat.ts'

const MINUTE = 60_000

function aChatWith(events: number, room = 'r') {
  const chat = fakeChat()
  for (let count = 0; count < events; count++) chat.log.commit(room, 'bob', text(`message ${count + 1}`))
  return chat
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('a room without a position begins with what comes from now on', async () => {
  const { chat, seqs, told } = await aConnectedClient({}, aChatWith(5))
  chat.commit('r', text('new'))
  await settle()
  expect(told('start')).toEqual([{ room: 'r', position: 5, reason: 'new' }])
  expect(seqs('r')).toEqual([6])
})

test('a room with a position goes on from there', async () => {
  const { seqs, told } = await aConnectedClient({ positions: { r: 2 } }, aChatWith(5))
  expect(seqs('r')).toEqual([3, 4, 5])
  expect(told('start')).toEqual([])
})

test('a lost frame is noticed by the next one and fetched, and what came early waits for its turn', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.commit('r', text('one'))
  chat.socket().losesEvents = true
  chat.commit('r', text('two'))
  chat.socket().losesEvents = false
  chat.commit('r', text('three'))
  await settle()
  expect(seqs('r')).toEqual([1])
  await clock.advance(250)
  expect(seqs('r')).toEqual([1, 2, 3])
  expect(chat.frames('resume').at(-1)?.rooms).toEqual({ r: 1 })
})

test('frames that only overtook each other are put in order', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  for (const body of ['one', 'two', 'three']) chat.log.commit('r', 'bob', text(body))
  chat.deliver(chat.socket(), 'r', 3)
  chat.deliver(chat.socket(), 'r', 1)
  chat.deliver(chat.socket(), 'r', 2, 3)
  await clock.advance(1000)
  expect(seqs('r')).toEqual([1, 2, 3])
})

test('a lost last frame of a watched room shows in the heads of the next ping', async () => {
  const { chat, clock, client, seqs } = await aConnectedClient({ positions: { r: 0 } })
  client.watch(['r'])
  await settle()
  chat.socket().losesEvents = true
  chat.commit('r', text('one'))
  chat.socket().losesEvents = false
  await clock.advance(45_000)
  expect(seqs('r')).toEqual([1])
})

test('a lost last frame of any room shows in the list that is read every 5 minutes', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().losesEvents = true
  chat.commit('r', text('one'))
  chat.socket().losesEvents = false
  await clock.advance(4 * MINUTE)
  expect(seqs('r')).toEqual([])
  await clock.advance(MINUTE + 1000)
  expect(seqs('r')).toEqual([1])
})

test('a gap that was known when the connection was lost is closed over the next one', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().losesEvents = true
  chat.commit('r', text('one'))
  chat.socket().losesEvents = false
  chat.commit('r', text('two'))
  await settle()
  chat.socket().drop()
  await clock.advance(1000)
  expect(seqs('r')).toEqual([1, 2])
})

test('after a lost connection, what happened meanwhile is told', async () => {
  const { chat, clock, seqs } = await aConnectedClient({ positions: { r: 0, other: 0 } })
  chat.socket().drop()
  chat.commit('r', text('one'))
  chat.commit('other', text('one'))
  chat.commit('r', text('two'))
  await clock.advance(1000)
  expect([seqs('r'), seqs('other')]).toEqual([[1, 2], [1]])
})

test('events that come while the list is being read are told once, in order', async () => {
  const chat = aChatWith(3)
  const { client, clock, seqs } = aClient({ positions: { r: 0 } }, chat)
  chat.respond = ({ url }) => {
    if (url.pathname === '/v1/rooms') chat.commit('r', text('meanwhile'))
    return undefined
  }
  client.start()
  await clock.advance(1000)
  expect(seqs('r')).toEqual([1, 2, 3, 4])
})

test('the list is read until a page has nothing newer than the list before', async () => {
  const chat = fakeChat()
  chat.pageSize = 2
  for (const room of range(1, 8)) chat.log.commit(`r${room}`, 'bob', text('old'))
  const { clock } = await aConnectedClient({}, chat)
  const pages = () => chat.requests.filter(({ url }) => url.pathname === '/v1/rooms').length
  expect(pages()).toBe(4)
  chat.socket().drop()
  chat.commit('r1', text('new'))
  await clock.advance(1000)
  expect(pages() - 4).toBe(2)
})

test('a list that is due anyway looks behind a page of rooms whose live events arrived', async () => {
  const chat = fakeChat()
  chat.pageSize = 2
  for (const room of range(1, 6)) chat.log.commit(`r${room}`, 'bob', text('old'))
  const { clock, seqs } = await aConnectedClient({}, chat)
  chat.socket().losesEvents = true
  chat.commit('r1', text('lost'))
  chat.socket().losesEvents = false
  for (const room of ['r2', 'r3']) chat.commit(room, text('live'))
  await clock.advance(5 * MINUTE + 1000)
  expect(seqs('r1')).toEqual([2])
})

test('a page of rooms that live events have raised hides none that was active while away', async () => {
  const chat = fakeChat()
  chat.pageSize = 2
  for (const room of range(1, 6)) chat.log.commit(`r${room}`, 'bob', text('old'))
  const { clock, seqs } = await aConnectedClient({}, chat)
  chat.socket().drop()
  chat.commit('r1', text('while away'))
  chat.respond = ({ url }) => {
    if (url.pathname === '/v1/rooms' && !url.search) for (const room of ['r2', 'r3']) chat.commit(room, text('live'))
    return undefined
  }
  await clock.advance(1000)
  expect(seqs('r1')).toEqual([2])
})

test('too many missed events are read over HTTP, page by page, and live ones wait for their turn', async () => {
  const chat = aChatWith(250)
  chat.maxMissed = 100
  const { client, clock, seqs } = aClient({ positions: { r: 3 } }, chat)
  chat.respond = ({ url }) => {
    if (url.searchParams.get('after') === '103') chat.commit('r', text('meanwhile'))
    return undefined
  }
  client.start()
  await clock.advance(1000)
  expect(seqs('r')).toEqual(range(4, 251))
  const asked = chat.requests.flatMap(({ url }) => (url.pathname.endsWith('/events') ? [url.search] : []))
  expect(asked).toEqual(['?after=3&limit=100', '?after=103&limit=100', '?after=203&limit=100'])
})

test('nothing below the floor is waited for, and the application is told where events go on', async () => {
  const chat = aChatWith(20)
  chat.log.room('r').floor = 15
  const { seqs, told } = await aConnectedClient({ positions: { r: 3 } }, chat)
  expect(seqs('r')).toEqual(range(15, 20))
  expect(told('start')).toEqual([{ room: 'r', position: 14, reason: 'lost' }])
})

test('a room of which nothing is left to see is not waited for', async () => {
  const chat = aChatWith(20)
  chat.log.room('r').floor = 21
  const { client, clock, told } = await aConnectedClient({ positions: { r: 3 } }, chat)
  expect(told('start')).toEqual([{ room: 'r', position: 20, reason: 'lost' }])
  await clock.advance(4 * MINUTE)
  expect(chat.frames('resume')).toHaveLength(1)
  expect(client.positions()).toEqual({ r: 20 })
})

test('a floor that rises while the log is being read is no gap either', async () => {
  const chat = aChatWith(250)
  chat.maxMissed = 10
  const { client, clock, seqs, told } = aClient({ positions: { r: 0 } }, chat)
  chat.respond = ({ url }) => {
    if (url.searchParams.get('after') === '100') chat.log.room('r').floor = 151
    return undefined
  }
  client.start()
  await clock.advance(2000)
  expect(seqs('r')).toEqual([...range(1, 100), ...range(151, 250)])
  expect(told('start')).toEqual([{ room: 'r', position: 150, reason: 'lost' }])
})

test('a log that ends before what was seen begins anew at its head', async () => {
  const { clock, chat, client, seqs, told } = await aConnectedClient({ positions: { r: 9 } }, aChatWith(5))
  client.watch(['r'])
  chat.socket().drop()
  await clock.advance(2000)
  expect(told('start')).toEqual([{ room: 'r', position: 5, reason: 'rewound' }])
  chat.commit('r', text('new'))
  await settle()
  expect(seqs('r')).toEqual([6])
})

test('a resume that is refused is repeated after the time that the service names', async () => {
  const chat = aChatWith(2)
  const { client, clock, seqs } = aClient({ positions: { r: 0 } }, chat)
  chat.answer = ({ action, id }) =>
    action === 'resume' ? { t: 'ack', id, ok: false, code: 'UNAVAILABLE', message: '', retryAfterMs: 5000 } : 'pass'
  client.start()
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
  chat.answer = () => 'pass'
  await clock.advance(3000)
  expect(seqs('r')).toEqual([])
  await clock.advance(3000)
  expect(seqs('r')).toEqual([1, 2])
})

test('one room that cannot be read holds up no other', async () => {
  const chat = aChatWith(300)
  chat.maxMissed = 100
  chat.log.commit('other', 'bob', text('one'))
  const { client, clock, seqs } = aClient({ positions: { r: 0, other: 0 } }, chat)
  chat.respond = ({ url }) => (url.pathname.endsWith('/events') ? Response.json({}, { status: 500 }) : undefined)
  client.start()
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
  expect(seqs('other')).toEqual([1])
  chat.respond = () => undefined
  await clock.advance(60_000)
  expect(seqs('r')).toEqual(range(1, 300))
})

test('many rooms are resumed 50 at a time', async () => {
  const chat = fakeChat()
  const rooms = range(1, 120).map((room) => `r${room}`)
  for (const room of rooms) chat.log.commit(room, 'bob', text('one'))
  const { seqs } = await aConnectedClient({ positions: Object.fromEntries(rooms.map((room) => [room, 0])) }, chat)
  expect(rooms.filter((room) => seqs(room).length === 1)).toEqual(rooms)
  expect(chat.frames('resume').map((frame) => Object.keys(frame.rooms).length)).toEqual([50, 50, 20])
})

test('events of a kind that this client does not know keep their place', async () => {
  const { chat, client, seqs } = await aConnectedClient({ positions: { r: 0 } })
  chat.commit('r', { type: 'pin', target: 1 })
  chat.commit('r', text('two'))
  await settle()
  expect(seqs('r')).toEqual([2])
  expect(client.positions()).toEqual({ r: 2 })
})

test('a position counts an event only when the application is done with it', async () => {
  const { chat, client } = await aConnectedClient({ positions: { r: 0 } })
  const positions: unknown[] = []
  client.on('message', () => void positions.push(client.positions().r))
  for (const body of ['one', 'two']) chat.log.commit('r', 'bob', text(body))
  chat.deliver(chat.socket(), 'r', 1, 2)
  await settle()
  expect([...positions, client.positions().r]).toEqual([0, 1, 2])
})
