import { createAddToInbox } from '../../../functions/notification/store/add-to-inbox.ts'
import { createReadInboxMarks } from '../../../functions/notification/store/read-inbox.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { manageApi } from '../manage-api.ts'

const DAY_MS = 86_400_000
let time = Date.parse('2026-05-06T23:00:00Z')
const now = () => time
const { call, pushed, table, tenant } = await manageApi({ now })
const { signal } = new AbortController()
const options = { ...table, now, random: Math.random, startTimer }
const addTo = createAddToInbox(options)
const add = (userId: string, notificationId: string, more: { url?: string } = {}) => {
  time += 1
  const texts = { title: `Title of ${notificationId}`, body: 'Hello', category: 'news', url: more.url ?? null }
  return addTo({ tenant, userId, notificationId, ...texts }, signal)
}
const marksOf = (userId: string, notificationId: string) =>
  createReadInboxMarks(table)({ tenant, userId, notificationId }, signal)
const list = async (userId: string, query = '', headers = {}) =>
  call(`GET /v1/users/${userId}/inbox`, { query, headers, claims: { sub: userId, scope: 'notify:self' } })
const titles = async (userId: string, query = '') =>
  (await list(userId, query)).json.items.map(({ title }: { title: string }) => title.replace('Title of ', ''))
const mark = async (userId: string, body: object) => (await call(`POST /v1/users/${userId}/inbox/mark`, { body })).json

test('an inbox is empty at first, and then has the newest item first', async () => {
  expect((await list('ann')).json).toEqual({ items: [], nextCursor: null, unseen: 0, unread: 0 })
  await add('ann', 'n1')
  const { id } = await add('ann', 'n2', { url: 'https://example.com' })
  const { json } = await list('ann')
  expect(json.items[0]).toEqual({
    id,
    title: 'Title of n2',
    body: 'Hello',
    url: 'https://example.com',
    category: 'news',
    createdAt: new Date(time).toISOString(),
    seenAt: null,
    readAt: null,
    archivedAt: null,
  })
  expect([json.items.length, json.unseen, json.unread]).toEqual([2, 2, 2])
  expect(json.items[1]).not.toHaveProperty('url')
})

test('a notification is in an inbox once, however often it is delivered', async () => {
  const ids = await Promise.all([add('bea', 'once'), add('bea', 'once'), add('bea', 'once')])
  expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
  expect((await list('bea')).json).toMatchObject({ items: [{ id: ids[0]?.id }], unseen: 1, unread: 1 })
})

test('to read is to see, archived items leave the list and the counts, and marks keep their first time', async () => {
  const [{ id: one }, { id: two }, { id: three }] = [
    await add('cid', 'a'),
    await add('cid', 'b'),
    await add('cid', 'c'),
  ]
  expect(await mark('cid', { ids: [one], as: 'seen' })).toEqual({ unseen: 2, unread: 3 })
  expect(await marksOf('cid', 'a')).toEqual({ seen: true, read: false })
  expect(await mark('cid', { ids: [one, two, 'unknown'], as: 'read' })).toEqual({ unseen: 1, unread: 1 })
  expect(await marksOf('cid', 'b')).toEqual({ seen: true, read: true })
  expect(await marksOf('cid', 'c')).toEqual({ seen: false, read: false })
  expect(await marksOf('cid', 'other')).toEqual({ seen: false, read: false })
  expect([await titles('cid', 'state=unseen'), await titles('cid', 'state=unread')]).toEqual([['c'], ['c']])
  expect(await mark('cid', { ids: [three, three, one], as: 'archived' })).toEqual({ unseen: 0, unread: 0 })
  expect([await titles('cid'), await titles('cid', 'state=archived')]).toEqual([['b'], ['c', 'a']])
  const before = (await list('cid')).json.items[0]
  time += 1000
  expect(await mark('cid', { ids: [two, one], as: 'read' })).toEqual({ unseen: 0, unread: 0 })
  expect((await list('cid')).json.items[0]).toEqual(before)
})

test('all can be marked at once, page by page', async () => {
  for (let number = 0; number < 120; number += 1) await add('dan', `n${number}`)
  expect((await list('dan')).json).toMatchObject({ unseen: 120, unread: 120 })
  expect(await mark('dan', { all: true, as: 'seen' })).toEqual({ unseen: 0, unread: 120 })
  const first = await list('dan', 'state=unread&limit=100')
  const second = await list('dan', `state=unread&limit=100&cursor=${first.json.nextCursor}`)
  expect([first.json.items.length, second.json.items.length, second.json.nextCursor]).toEqual([100, 20, null])
  expect(await mark('dan', { all: true, as: 'archived' })).toEqual({ unseen: 0, unread: 0 })
  expect(await titles('dan')).toEqual([])
})

test('counts are exact when deliveries and marks come at once', async () => {
  const before = await Promise.all(['a', 'b', 'c', 'd'].map((id) => add('eve', id)))
  const ids = before.map(({ id }) => id)
  await Promise.all([
    add('eve', 'e'),
    add('eve', 'f'),
    mark('eve', { ids: ids.slice(0, 2), as: 'read' }),
    mark('eve', { ids: ids.slice(1, 3), as: 'seen' }),
    mark('eve', { ids: ids.slice(3), as: 'archived' }),
  ])
  const { json } = await list('eve')
  const unseen = json.items.filter(({ seenAt }: { seenAt: unknown }) => seenAt === null).length
  const unread = json.items.filter(({ readAt }: { readAt: unknown }) => readAt === null).length
  expect([json.items.length, json.unseen, json.unread]).toEqual([5, unseen, unread])
  expect([unseen, unread]).toEqual([2, 3])
})

test('the ETag changes with anything in the inbox, and with nothing else', async () => {
  await add('fay', 'a')
  const { headers, json } = await list('fay')
  const same = { 'if-none-match': String(headers.etag) }
  expect((await list('fay', '', same)).status).toBe(304)
  await mark('fay', { ids: [json.items[0].id], as: 'seen' })
  const changed = await list('fay', '', same)
  expect(changed.status).toBe(200)
  await mark('fay', { ids: [json.items[0].id], as: 'seen' })
  expect((await list('fay')).headers.etag).toBe(changed.headers.etag)
})

test('an item ends after 90 days, and so does what it counts', async () => {
  await add('gil', 'old')
  const began = time
  try {
    time = began + 90 * DAY_MS
    await add('gil', 'new')
    expect((await list('gil')).json).toMatchObject({ items: [{}, {}], unseen: 2, unread: 2 })
    time = began + 91 * DAY_MS
    expect((await list('gil')).json).toMatchObject({ items: [{ title: 'Title of new' }], unseen: 1, unread: 1 })
    await add('gil', 'newer')
    expect((await list('gil')).json).toMatchObject({ unseen: 2, unread: 2 })
  } finally {
    time = began
  }
})

test.each([
  ['ids and all', { ids: ['a'], all: true, as: 'seen' }, 'ids'],
  ['neither', { as: 'seen' }, 'ids'],
  ['an unknown mark', { all: true, as: 'deleted' }, 'as'],
  ['no ids', { ids: [], as: 'seen' }, 'ids'],
])('a mark of %s is 422', async (_, body, path) => {
  const { status, json } = await call('POST /v1/users/ann/inbox/mark', { body })
  expect([status, json.errors[0].path]).toEqual([422, path])
})

test('an inbox is its user’s', async () => {
  const claims = { sub: 'bob', scope: 'notify:self' }
  expect((await call('GET /v1/users/ann/inbox', { claims })).status).toBe(403)
  expect((await call('POST /v1/users/ann/inbox/mark', { body: { all: true, as: 'read' }, claims })).status).toBe(403)
})

test('an inbox is erased with its user, and what comes later is counted from there', async () => {
  for (let number = 0; number < 50; number += 1) await add('hal', `n${number}`)
  await mark('hal', { ids: [(await list('hal')).json.items[0].id], as: 'archived' })
  expect((await call('DELETE /v1/users/hal')).status).toBe(204)
  expect((await list('hal')).json).toMatchObject({ items: [], unseen: 0, unread: 0 })
  await add('hal', 'n1')
  expect((await list('hal')).json).toMatchObject({ items: [{}], unseen: 1, unread: 1 })
})

test('a mark tells the user’s live connections the new counts', async () => {
  const { id } = await add('ida', 'n1')
  pushed.splice(0)
  await mark('ida', { ids: [id], as: 'seen' })
  expect(pushed).toEqual([{ userId: 'ida', frames: [{ t: 'count', unseen: 0, unread: 1 }] }])
})
