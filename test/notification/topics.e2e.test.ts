import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aSender, DELIVERED } from './deployed.ts'

const sender = await aSender()
await sender.category({ channels: ['email'] })

const content = { subject: 'Version 2', text: 'It is out.' }
const mailOf = (user: string) => `${user}@example.com`

/** Makes users with a mailbox each who subscribe to a topic. */
async function subscribe(topic: string, users: readonly string[]) {
  for (const user of users) {
    answered(201, await sender.call(`PUT /v1/users/${user}`, { email: mailOf(user) }))
    answered(201, await sender.call(`PUT /v1/topics/${topic}/subscribers/${user}`))
  }
}

async function publish(topic: string, body: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const message = { category: 'orders', content, ...body }
  return answered(202, await sender.call(`POST /v1/topics/${topic}/publish`, message, headers)).json.broadcastId
}

const until = (broadcastId: string, progress: object) =>
  eventually(async () => {
    const { json } = answered(200, await sender.call(`GET /v1/broadcasts/${broadcastId}`))
    expect(json).toMatchObject(progress)
    return json
  }, DELIVERED)

test('a broadcast reaches each subscriber once, however often it is asked for, and counts what became of it', async () => {
  await subscribe('releases', ['ann', 'bob', 'cid'])
  answered(204, await sender.call('DELETE /v1/topics/releases/subscribers/cid'))
  const key = { 'idempotency-key': 'release-2' }
  const id = await publish('releases', {}, key)
  const again = await sender.call('POST /v1/topics/releases/publish', { category: 'orders', content }, key)
  expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([
    202,
    { broadcastId: id },
    'true',
  ])

  const progress = await until(id, { status: 'done', done: 2 })

  expect(progress).toEqual({ status: 'done', total: 2, queued: 2, done: 2, failed: 0 })
  // Notifications are counted: a mail whose answer comes too late is sent again, as the category decides.
  const notified = await Promise.all(
    ['ann', 'bob', 'cid'].map(async (user) => {
      const { items } = answered(200, await sender.call(`GET /v1/notifications?userId=${user}`)).json
      return [items.length, (await sender.outbox(mailOf(user))).length > 0]
    }),
  )
  expect(notified).toEqual([
    [1, true],
    [1, true],
    [0, false],
  ])
  expect(answered(409, await sender.call(`DELETE /v1/broadcasts/${id}`)).json.code).toBe('too-late')
})

test('subscribers without an address count as failed', async () => {
  answered(201, await sender.call('PUT /v1/topics/silent/subscribers/mute'))
  const id = await publish('silent')
  await until(id, { status: 'done', total: 1, queued: 1, done: 0, failed: 1 })
})

test('a broadcast that is stopped early notifies no more than those who were queued by then', async () => {
  // A worker may be faster than the request that stops it.
  const { id, users } = await eventually(async () => {
    const topic = randomUUID()
    const subscribers = [`dan-${topic}`, `eve-${topic}`]
    await subscribe(topic, subscribers)
    const broadcast = await publish(topic)
    const stopped = answered(200, await sender.call(`DELETE /v1/broadcasts/${broadcast}`)).json
    expect(stopped.status).toBe('stopped')
    return { id: broadcast, users: subscribers }
  })
  answered(200, await sender.call(`DELETE /v1/broadcasts/${id}`))
  await eventually(async () => {
    const { queued, done, failed } = answered(200, await sender.call(`GET /v1/broadcasts/${id}`)).json
    expect([done, failed]).toEqual([queued, 0])
    const kept = await Promise.all(users.map((user) => sender.outbox(mailOf(user))))
    expect(kept.filter((mails) => mails.length > 0)).toHaveLength(queued)
  }, DELIVERED)
})

test('a list of subscribers is read page by page, by name', async () => {
  const users = ['uli', 'una', 'uwe']
  for (const user of users) answered(201, await sender.call(`PUT /v1/topics/pages/subscribers/${user}`))
  expect(answered(200, await sender.call('PUT /v1/topics/pages/subscribers/uli')).json).toEqual({
    topic: 'pages',
    user: 'uli',
  })
  const first = answered(200, await sender.call('GET /v1/topics/pages/subscribers?limit=2')).json
  const cursor = encodeURIComponent(first.nextCursor)
  const second = answered(200, await sender.call(`GET /v1/topics/pages/subscribers?limit=2&cursor=${cursor}`)).json
  expect([...first.items, ...second.items].map(({ user }) => user)).toEqual(users)
  expect((await sender.call(`GET /v1/topics/other/subscribers?cursor=${cursor}`)).json.code).toBe('invalid-cursor')
})

test('a user who is erased leaves all topics', async () => {
  await subscribe('left', ['fay'])
  answered(204, await sender.call('DELETE /v1/users/fay'))
  expect(answered(200, await sender.call('GET /v1/topics/left/subscribers')).json.items).toEqual([])
  await until(await publish('left'), { status: 'done', total: 0, queued: 0 })
})

describe('a publication is refused', () => {
  test.each([
    { name: 'with a recipient', body: { to: { userId: 'ann' } }, code: 'invalid-input', path: 'to' },
    { name: 'of an unknown category', body: { category: 'none' }, code: 'unknown-category', path: 'category' },
    {
      name: 'of an unknown template',
      body: { template: 'none', content: undefined },
      code: 'unknown-template',
      path: 'template',
    },
    {
      name: 'with neither template nor content',
      body: { content: undefined },
      code: 'invalid-input',
      path: 'template',
    },
  ])('$name', async ({ body, code, path }) => {
    const asked = { category: 'orders', content, ...body }
    const { json } = answered(422, await sender.call('POST /v1/topics/releases/publish', asked))
    expect([json.code, json.errors[0].path]).toEqual([code, path])
  })

  test('without a variable that the template prints in one of its languages', async () => {
    const mail = (text: string) => ({ channels: { email: { subject: 'Hello', text } } })
    answered(201, await sender.call('PUT /v1/templates/news', mail('Hello')))
    answered(200, await sender.call('PUT /v1/templates/news', { ...mail('Hallo {{what}}'), locale: 'de' }))
    const asked = (given: object) =>
      sender.call('POST /v1/topics/releases/publish', { category: 'orders', template: 'news', ...given })
    expect(answered(422, await asked({})).json.errors[0].path).toBe('data.what')
    answered(202, await asked({ locale: 'en' }))
  })
})

test('nobody has a broadcast that was never published', async () => {
  for (const method of ['GET', 'DELETE']) answered(404, await sender.call(`${method} /v1/broadcasts/none`))
})
