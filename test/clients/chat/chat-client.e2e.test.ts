import { type ChatClient, createChatClient } from '../../../clients/chat/src/chat-client.ts'
import { LOG_EVENTS } from '../../../clients/chat/src/chat-events.ts'
import { uploadFile } from '../../../clients/chat/src/files.ts'
import { createRoomView, type RoomView } from '../../../clients/chat/src/room-view.ts'
import { apiUrl, newTenant, token, webSocketUrl } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'

interface User {
  tenant: string
  name: string
  client: ChatClient
  /** The numbers of a room's events, as the application got them. */
  seqs: (room: string) => number[]
  removals: { room: string; seq: number }[]
  /** Cuts the newest connection. */
  cut: () => void
}

const clients: ChatClient[] = []

afterAll(() => {
  for (const client of clients) client.close()
})

test('two users chat in one order, though their connections are cut, and see the same', async () => {
  const [ann, bob] = await twoUsers()
  const room = await aGroup(ann, bob)
  const views = [ann, bob].map((user) => aView(user, room))
  const first = await ann.client.send({ room, body: 'Hello' })
  bob.cut()
  const sent = [1, 2, 3, 4, 5].flatMap((number) => [
    ann.client.send({ room, body: `Ann ${number}` }),
    bob.client.send({ room, body: `Bob ${number}` }),
  ])
  ann.cut()
  const committed = await Promise.all([...sent, ann.client.edit({ room, target: first.seq, body: 'Hello!' })])
  await bob.client.react({ room, target: first.seq, emoji: '👋' })
  const { seq: last } = await ann.client.delete({ room, target: committed[1]?.seq ?? 0 })
  await eventually(async () => {
    for (const { client } of [ann, bob]) expect(client.positions()[room]).toBe(last)
  })
  for (const user of [ann, bob]) {
    const seqs = user.seqs(room)
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index))
  }
  const bodies = views.map((view) => view.messages().map(({ body }) => body))
  expect(bodies[0]).toEqual(bodies[1])
  expect(bodies[0]?.filter((body) => body?.startsWith('Ann'))).toEqual([1, 2, 3, 4, 5].map((number) => `Ann ${number}`))
  expect(bodies[0]).toHaveLength(11)
  const { reactions, mine, ...message } = views[1]?.messages()[0] ?? {}
  expect(message).toMatchObject({ body: 'Hello!', user: 'ann' })
  expect([reactions, mine]).toEqual([{ '👋': 1 }, ['👋']])
  expect([ann, bob].map(({ client }) => client.pending(room))).toEqual([[], []])
})

/** @proves chat/stored-once */
test('a message whose answer is lost with its connection is stored once', async () => {
  const [ann] = await twoUsers()
  const room = await aGroup(ann)
  const sent = ann.client.send({ room, body: 'Once' })
  ann.cut()
  const { seq } = await sent
  expect(await ann.client.send({ room, body: 'Twice?' })).toMatchObject({ seq: seq + 1, dup: false })
  const { items } = await ann.client.messages(room)
  expect(items.map(({ body }) => body)).toEqual(['Once', 'Twice?'])
})

test('a file that one user uploads is shown with its message, and others get it by its redirect', async () => {
  const [ann, bob] = await twoUsers()
  const room = await aGroup(ann, bob)
  const view = aView(bob, room)
  const file = new File(['hello'], 'tea.txt', { type: 'text/plain' })
  const { id } = await uploadFile({ chat: ann.client, room, file })
  const { seq } = await ann.client.send({ room, body: 'Look', attachments: [id] })
  await eventually(async () => expect(bob.client.positions()[room]).toBe(seq))
  expect(view.messages()).toMatchObject([{ attachments: [{ id, name: 'tea.txt', type: 'text/plain', size: 5 }] }])
  const bearer = await token({ sub: 'bob', tenant: bob.tenant, scope: 'chat' })
  const content = await fetch(`${apiUrl('Chat')}/v1/attachments/${id}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  expect([content.status, await content.text()]).toEqual([200, 'hello'])
})

test('a removed member is told, and may not send', async () => {
  const [ann, bob] = await twoUsers()
  const room = await aGroup(ann, bob)
  await ann.client.send({ room, body: 'Hello' })
  await eventually(async () => expect(bob.seqs(room)).not.toEqual([]))
  await ann.client.call({ method: 'DELETE', path: `/v1/rooms/${room}/members/bob` })
  await eventually(async () => expect(bob.removals).toHaveLength(1))
  await expect(bob.client.send({ room, body: 'Let me in' })).rejects.toMatchObject({
    code: 'NOT_MEMBER',
    outcome: 'not-committed',
  })
})

async function twoUsers(): Promise<[User, User]> {
  const tenant = newTenant()
  const users: [User, User] = [aUser('ann', tenant), aUser('bob', tenant)]
  for (const { client } of users) client.start()
  await eventually(async () => expect(users.map(({ client }) => client.state().status)).toEqual(['online', 'online']))
  return users
}

function aUser(name: string, tenant: string): User {
  const sockets: WebSocket[] = []
  const client = createChatClient({
    url: apiUrl('Chat'),
    webSocketUrl: webSocketUrl('Chat'),
    token: () => token({ sub: name, tenant, scope: 'chat' }),
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url)
        sockets.push(this)
      }
    },
  })
  clients.push(client)
  const heard: { room: string; seq: number }[] = []
  for (const type of LOG_EVENTS) client.on(type, ({ room, seq }) => void heard.push({ room, seq }))
  const removals: User['removals'] = []
  client.on('removed', (removed) => void removals.push(removed))
  const seqs = (room: string) => heard.filter((event) => event.room === room).map(({ seq }) => seq)
  return { name, tenant, client, seqs, removals, cut: () => sockets.at(-1)?.close() }
}

async function aGroup({ client }: User, ...others: User[]): Promise<string> {
  const room = await client.call({ method: 'POST', path: '/v1/rooms', body: { kind: 'group', name: 'Tea' } })
  const { id } = room as { id: string }
  for (const { name } of others) {
    await client.call({ method: 'PUT', path: `/v1/rooms/${id}/members/${name}`, body: { role: 'member' } })
  }
  return id
}

function aView({ client, name }: User, room: string): RoomView {
  return createRoomView({ chat: client, room, user: name })
}
