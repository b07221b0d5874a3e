import { createRoomView, type RoomView } from '../../../clients/chat/src/room-view.ts'
import type { ClientUnderTest } from './a-client.ts'
import { aConnectedClient, settle, text } from './a-client.ts'
import { fakeChat, type HttpRequest, ME } from './fake-chat.ts'
import { foldLog } from './fold-log.ts'

const bodies = (view: RoomView) => view.messages().map(({ body }) => body)

/** A client with a room whose messages are read over HTTP as the service shows them. */
async function aRoom(count: number): Promise<ClientUnderTest> {
  const chat = fakeChat()
  for (let seq = 1; seq <= count; seq++) chat.log.commit('r', 'bob', text(`message ${seq}`))
  const under = await aConnectedClient({}, chat)
  chat.respond = (request) => messagesOf(under, request)
  return under
}

function messagesOf({ chat }: ClientUnderTest, { url }: HttpRequest): Response | undefined {
  if (!url.pathname.endsWith('/messages')) return undefined
  const [before, after, limit] = ['before', 'after', 'limit'].map((name) => url.searchParams.get(name))
  const all = foldLog(chat.log.room('r').events, ME)
  const part = all.filter(({ seq }) => seq < Number(before ?? seq + 1) && seq > Number(after ?? seq - 1))
  const items = after === null ? part.slice(-Number(limit)) : part.slice(0, Number(limit))
  return Response.json({ items, nextCursor: items.length < part.length ? 'more' : null })
}

async function aView(under: ClientUnderTest, pageSize = 50): Promise<RoomView> {
  const view = createRoomView({ chat: under.client, room: 'r', user: ME, pageSize })
  await settle()
  return view
}

test('a view has the newest messages, then those before, until there are none', async () => {
  const view = await aView(await aRoom(5), 2)
  expect(bodies(view)).toEqual(['message 4', 'message 5'])
  expect([view.status(), view.hasOlder()]).toEqual(['ready', true])
  await view.loadOlder()
  await view.loadOlder()
  expect(bodies(view)).toEqual([1, 2, 3, 4, 5].map((seq) => `message ${seq}`))
  expect(view.hasOlder()).toBe(false)
})

test('edits, deletions and reactions change what is shown', async () => {
  const under = await aRoom(2)
  const view = await aView(under)
  under.chat.commit('r', { type: 'edit', target: 1, body: 'edited' })
  under.chat.commit('r', { type: 'delete', target: 2 })
  under.chat.commit('r', { type: 'reaction', target: 1, emoji: '👍' })
  under.chat.commit('r', { type: 'reaction', target: 1, emoji: '👍' }, ME)
  under.chat.commit('r', { type: 'reaction', target: 1, emoji: '🎉' })
  under.chat.commit('r', { type: 'reaction', target: 1, emoji: '🎉', remove: true })
  await settle()
  expect(view.messages()).toMatchObject([
    { seq: 1, body: 'edited', editedAt: '1970-01-01T00:00:03.000Z', reactions: { '👍': 2 }, mine: ['👍'] },
    { seq: 2, body: null, deleted: true, attachments: [], reactions: {} },
  ])
  expect(view.messages()[0]?.reactions).not.toHaveProperty('🎉')
})

test.each([
  'before the page is read',
  'after the page is read',
])('a reaction that comes %s counts once', async (moment) => {
  const under = await aRoom(1)
  const { chat, client } = under
  const react = () => void chat.commit('r', { type: 'reaction', target: 1, emoji: '👍' })
  chat.respond = (request) => {
    const isPage = request.url.pathname.endsWith('/messages')
    if (isPage && moment.startsWith('before')) react()
    const page = messagesOf(under, request)
    if (isPage && moment.startsWith('after')) react()
    if (isPage) chat.respond = (next) => messagesOf(under, next)
    return page
  }
  const view = createRoomView({ chat: client, room: 'r', user: ME })
  await settle()
  await settle()
  expect(view.messages()).toMatchObject([{ reactions: { '👍': 1 } }])
})

test.each(['event', 'connection'])('a message that could not be read again is read with the next %s', async (next) => {
  const under = await aRoom(1)
  const { chat } = under
  const failing = (request: HttpRequest) => {
    const isPage = request.url.pathname.endsWith('/messages')
    return isPage ? Response.json({}, { status: 503 }) : undefined
  }
  chat.respond = (request) => {
    if (!request.url.pathname.endsWith('/messages')) return undefined
    const page = messagesOf(under, request)
    chat.commit('r', { type: 'reaction', target: 1, emoji: '👍' })
    chat.respond = failing
    return page
  }
  const view = await aView(under)
  await settle()
  expect(view.messages()[0]).toMatchObject({ reactions: {} })
  chat.respond = (request) => messagesOf(under, request)
  if (next === 'event') chat.commit('r', text('another'))
  else chat.socket().drop()
  await under.clock.advance(5000)
  expect(view.messages()[0]).toMatchObject({ reactions: { '👍': 1 } })
})

test('a message that comes while the page is read is shown once', async () => {
  const under = await aRoom(2)
  under.chat.respond = (request) => {
    if (request.url.pathname.endsWith('/messages')) under.chat.commit('r', text('meanwhile'))
    return messagesOf(under, request)
  }
  const view = await aView(under)
  expect(bodies(view)).toEqual(['message 1', 'message 2', 'meanwhile'])
})

test('a reaction to a message that comes while the page is read counts once', async () => {
  const under = await aRoom(1)
  under.chat.respond = (request) => {
    if (request.url.pathname.endsWith('/messages')) {
      const target = under.chat.commit('r', text('meanwhile'))
      under.chat.commit('r', { type: 'reaction', target, emoji: '👍' })
    }
    return messagesOf(under, request)
  }
  const view = await aView(under)
  expect(view.messages()).toMatchObject([{ body: 'message 1' }, { body: 'meanwhile', reactions: { '👍': 1 } }])
})

test('what was erased is not shown, whatever event of it comes', async () => {
  const under = await aRoom(0)
  const view = await aView(under)
  under.chat.commit('r', { type: 'message', erased: true })
  under.chat.commit('r', { type: 'edit', target: 1, erased: true })
  await settle()
  expect(view.messages()).toMatchObject([{ seq: 1, body: null, deleted: true, attachments: [] }])
})

test('a user’s own message is pending until it is among the messages', async () => {
  const under = await aRoom(0)
  const view = await aView(under)
  under.chat.answer = ({ action }) => (action === 'send' ? undefined : 'pass')
  under.client.send({ room: 'r', body: 'hello' }).catch(() => {})
  await settle()
  expect([view.pending().map(({ fields }) => fields), bodies(view)]).toMatchObject([[{ body: 'hello' }], []])
  under.chat.answer = () => 'pass'
  await under.clock.advance(12_000)
  expect([view.pending(), bodies(view)]).toEqual([[], ['hello']])
})

test('a view that could not be loaded says so, and can be loaded again', async () => {
  const under = await aRoom(1)
  const { respond } = under.chat
  under.chat.respond = () => Response.json({}, { status: 503 })
  const view = await aView(under)
  expect(view.status()).toBe('failed')
  under.chat.respond = respond
  await view.load()
  expect([view.status(), bodies(view)]).toEqual(['ready', ['message 1']])
})

test('a room that begins at another place is loaded anew', async () => {
  const under = await aRoom(3)
  const view = await aView(under)
  under.chat.log.room('r').events = under.chat.log.room('r').events.slice(0, 1)
  under.client.watch(['r'])
  under.chat.socket().drop()
  await under.clock.advance(2000)
  expect(bodies(view)).toEqual(['message 1'])
})

test('a page of the room as it was before it began anew is not shown', async () => {
  const under = await aRoom(3)
  const { respond } = under.chat
  const page = Promise.withResolvers<Response>()
  under.chat.respond = ({ url }) => (url.pathname.endsWith('/messages') ? page.promise : undefined)
  const view = await aView(under)
  under.chat.respond = respond
  under.chat.log.room('r').events = []
  under.client.watch(['r'])
  under.chat.socket().drop()
  await under.clock.advance(2000)
  page.resolve(Response.json({ items: [{ seq: 3, body: 'old', attachments: [], mentions: [], reactions: {} }] }))
  await settle()
  expect([view.status(), bodies(view)]).toEqual(['ready', []])
})

test('a room that was left is told, and a page that arrives later does not hide it', async () => {
  const under = await aRoom(1)
  const page = Promise.withResolvers<Response>()
  under.chat.respond = () => page.promise
  const view = await aView(under)
  under.chat.socket().push({ t: 'removed', room: 'r', seq: 2 })
  await settle()
  under.chat.respond = () => undefined
  page.resolve(Response.json({ items: [], nextCursor: null }))
  await settle()
  expect(view.status()).toBe('left')
})

test('changes are told until the view is closed', async () => {
  const under = await aRoom(0)
  const view = await aView(under)
  const changes: number[] = []
  view.onChange(() => void changes.push(view.messages().length))
  under.chat.commit('r', text('one'))
  await settle()
  expect(changes.at(-1)).toBe(1)
  view.close()
  under.chat.commit('r', text('two'))
  await settle()
  expect(changes.at(-1)).toBe(1)
})
