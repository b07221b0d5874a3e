import { randomBytes } from 'node:crypto'
import { eventReader } from '../../functions/shared/events/event-schema.ts'
import { eventDefinitions } from '../../functions/url-shortener/events.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aClient } from './a-client.ts'
import { listen } from './deployed.ts'
import { report, tryToReport } from './moderate/report-client.ts'

const read = eventReader(...eventDefinitions)
let bus: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  bus = await listen()
})
afterAll(() => bus.stop())

/** @proves url-shortener/one-event-a-change */
test('each change of a link causes one event on the bus, with the link as of that change and a sequence number', async () => {
  const { tenant, create, change, block, unblock, remove } = await aClient()
  const link = await create({ tags: ['a'] })
  await change(link.code, { title: 'New' })
  await change(link.code, { url: 'https://example.org/' })
  await report({ code: link.code, reason: 'It is spam.' })
  await block(link.code, 'So it is.')
  await unblock(link.code)
  await remove(link.code)

  const events = await bus.eventsOf(link.code, 7)
  const { url, title, tags, createdBy, createdAt } = link
  const made = { url, title, tags, createdBy, createdAt, status: 'active' }
  const moved = { ...made, title: 'New', url: 'https://example.org/' }
  expect(events.map(({ type, sequence, data }) => [type, sequence, data])).toEqual([
    ['url-shortener.link.created', 1, { ...made, changed: ['url', 'title', 'tags'] }],
    ['url-shortener.link.updated', 2, { ...made, title: 'New', changed: ['title'] }],
    ['url-shortener.link.updated', 3, { ...moved, changed: ['url'] }],
    ['url-shortener.link.reported', 4, { reason: 'It is spam.' }],
    ['url-shortener.link.blocked', 5, { reason: 'So it is.', blockedBy: 'user-1' }],
    ['url-shortener.link.updated', 6, { ...moved, changed: ['status'] }],
    ['url-shortener.link.deleted', 7, {}],
  ])
  for (const event of events) {
    expect(event).toMatchObject({ tenant, subject: link.code, causationId: null })
    expect(read({ detail: event })).toEqual(event)
  }
  expect(new Set(events.map(({ id }) => id)).size).toBe(7)
})

/** @proves url-shortener/one-event-a-change */
test('a request without effect causes no event: a repeated block, a second unblocking, a report of no link', async () => {
  const { create, block, unblock, remove } = await aClient()
  const link = await create()
  for (const reason of ['one', 'one', 'two']) await block(link.code, reason)
  for (const _ of [1, 2]) await unblock(link.code)
  await remove(link.code)
  await report({ code: link.code, reason: 'Too late.' })
  // Another link's event comes after all of these.
  await bus.eventsOf((await create()).code, 1)
  const types = (await bus.eventsOf(link.code, 5)).map(({ type, data }) => [type, (data as { reason?: string }).reason])
  expect(types).toEqual([
    ['url-shortener.link.created', undefined],
    ['url-shortener.link.blocked', 'one'],
    ['url-shortener.link.blocked', 'two'],
    ['url-shortener.link.updated', undefined],
    ['url-shortener.link.deleted', undefined],
  ])
})

/** @proves url-shortener/one-event-a-change */
test('a creation that is repeated with its Idempotency-Key causes one event', async () => {
  const { create, post } = await aClient()
  const headers = { 'idempotency-key': randomBytes(8).toString('hex') }
  const [first, second] = [answered(201, await post({}, headers)), answered(201, await post({}, headers))]
  expect(second.json).toEqual(first.json)
  await bus.eventsOf((await create()).code, 1)
  expect(await bus.eventsOf(first.json.code, 1)).toHaveLength(1)
})

/** @proves url-shortener/one-event-a-change */
test('each of 20 concurrent changes causes an event, with a sequence number of its own', async () => {
  const { create, send } = await aClient()
  const link = await create()
  const path = `/v1/links/${link.code}`
  const changes = Array.from({ length: 10 }, (_, n) => send(path, { method: 'PATCH', body: { title: `${n}` } }))
  const reports = Array.from({ length: 10 }, (_, n) => tryToReport({ code: link.code, reason: `${n}` }))
  const answers = await Promise.all([...changes, ...reports])
  // A concurrent write may get a 503, and may have succeeded nevertheless.
  expect(answers.filter(({ status }) => ![200, 202, 503].includes(status))).toEqual([])
  const succeeded = answers.filter(({ status }) => status !== 503).length
  await eventually(async () => {
    const sequences = (await bus.eventsOf(link.code, succeeded + 1)).map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.map((_, n) => n + 1))
  })
})

test('a flood of reports of one link causes ten events, all get the same response, and the tenant can still change it', async () => {
  const { create, change } = await aClient()
  // The limit of a minute is a little higher for a flood that continues into the next minute.
  await eventually(async () => {
    const { code } = await create()
    for (let n = 0; n < 14; n++) await report({ code, reason: `${n}` })
    await change(code, { title: 'New' })
    const types = (await bus.eventsOf(code, 12)).map(({ type }) => type.split('.').at(-1))
    expect(types).toEqual(['created', ...Array(10).fill('reported'), 'updated'])
  })
})
