import createClient from 'openapi-fetch'
import type { paths, Room } from '../../docs/api/chat.d.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'

// A client that is generated from docs/api alone. `npm run types` checks that the calls below have the right types;
// here the service confirms them.

const tenant = newTenant()
const clientOf = async (user: string) => {
  const bearer = await token({ sub: user, tenant, scope: 'chat' })
  return createClient<paths>({ baseUrl: apiUrl('Chat'), headers: { authorization: `Bearer ${bearer}` } })
}
const [ann, bob] = [await clientOf('ann'), await clientOf('bob')]
const visitor = createClient<paths>({ baseUrl: apiUrl('Chat') })

async function make(name: string): Promise<{ room: Room; etag: string }> {
  const { data, error, response } = await ann.POST('/v1/rooms', { body: { kind: 'group', name, history: 'all' } })
  if (!data) throw new Error(`The room was not made: ${JSON.stringify(error)}`)
  return { room: data, etag: response.headers.get('etag') ?? '' }
}
const at = ({ id }: Room) => ({ params: { path: { id } } })
const add = ({ id }: Room, user: string) =>
  ann.PUT('/v1/rooms/{id}/members/{user}', { params: { path: { id, user } }, body: { role: 'member' } })
const say = (room: Room, cid: string, body: string) =>
  ann.POST('/v1/rooms/{id}/messages', { ...at(room), body: { cid, body } })

test('a room is made, read, changed under If-Match, listed and deleted', async () => {
  const { room, etag } = await make('Tea')
  expect((await ann.GET('/v1/rooms/{id}', at(room))).data).toEqual(room)

  const change = () =>
    ann.PATCH('/v1/rooms/{id}', {
      params: { path: { id: room.id }, header: { 'If-Match': etag } },
      body: { name: 'Cake' },
    })
  expect((await change()).data).toMatchObject({ id: room.id, name: 'Cake' })
  const { error, response } = await change()
  expect([response.status, error && 'code' in error && error.code]).toEqual([412, 'precondition-failed'])

  const { data } = await ann.GET('/v1/rooms', { params: { query: { limit: 100 } } })
  expect(data?.items.map(({ id, name }) => [id, name])).toContainEqual([room.id, 'Cake'])
  expect((await ann.DELETE('/v1/rooms/{id}', at(room))).response.status).toBe(204)
  expect((await ann.GET('/v1/rooms/{id}', at(room))).error).toMatchObject({ status: 404, code: 'not-member' })
})

test('a member is added, listed and removed', async () => {
  const { room } = await make('Members')
  const added = await add(room, 'bob')
  expect([added.response.status, added.data]).toEqual([201, { user: 'bob', role: 'member', muted: false }])
  const { data } = await ann.GET('/v1/rooms/{id}/members', at(room))
  expect(data?.items.map(({ user, role }) => [user, role])).toEqual([
    ['ann', 'owner'],
    ['bob', 'member'],
  ])
  const member = { params: { path: { id: room.id, user: 'bob' } } }
  expect((await ann.DELETE('/v1/rooms/{id}/members/{user}', member)).response.status).toBe(204)
  expect((await bob.GET('/v1/rooms/{id}', at(room))).response.status).toBe(404)
})

test('a message is sent once for each cid, and messages are listed page by page, also as events', async () => {
  const { room } = await make('Messages')
  await add(room, 'bob')
  const [first, again, second] = [
    await say(room, 'cid-1', 'Hello'),
    await say(room, 'cid-1', 'Hello'),
    await say(room, 'cid-2', 'Tea?'),
  ]
  expect([first.response.status, again.response.status, second.response.status]).toEqual([201, 200, 201])
  expect(again.data).toEqual({ ...first.data, dup: true })

  const bodies: (string | null)[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const query = { after: '0', limit: 1, ...(cursor !== undefined && { cursor }) }
    const { data, error } = await bob.GET('/v1/rooms/{id}/messages', { params: { path: { id: room.id }, query } })
    if (!data || data.items.length > 1) throw new Error(`No page of one: ${JSON.stringify(data ?? error)}`)
    bodies.push(...data.items.map(({ body }) => body))
    cursor = data.nextCursor
  }
  expect(bodies).toEqual(['Hello', 'Tea?'])

  const { data } = await bob.GET('/v1/rooms/{id}/events', at(room))
  const said = data?.items.flatMap((event) => (event.type === 'message' ? [event.body] : []))
  expect(said).toEqual(['Hello', 'Tea?'])
})

test('the service refuses what the types refuse', async () => {
  const answers = await Promise.all([
    // @ts-expect-error: a group needs a name
    ann.POST('/v1/rooms', { body: { kind: 'group' } }),
    // @ts-expect-error: no room is of this kind
    ann.POST('/v1/rooms', { body: { kind: 'channel', name: 'Tea' } }),
    // @ts-expect-error: there is no such path
    ann.GET('/v1/nothing'),
  ])
  expect(answers.map(({ response }) => response.status)).toEqual([422, 422, 404])
})

test('the service reports that it is healthy', async () => {
  const { data } = await visitor.GET('/health')
  expect(data).toMatchObject({ status: 'ok' })
})
