import { randomBytes } from 'node:crypto'
import { eventReader } from '../../functions/shared/events/event-schema.ts'
import { eventDefinitions } from '../../functions/url-shortener/events.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { type Call, call } from '../support/http.ts'
import { linesWith, listen, until } from './deployed.ts'
import { report } from './moderate/report-client.ts'

const api = apiUrl('UrlShortener')
const read = eventReader(...eventDefinitions)
let bus: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  bus = await listen()
})
afterAll(() => bus.stop())

async function aClient() {
  const tenant = `tenant-${randomBytes(6).toString('hex')}`
  const bearer = await token({ sub: 'user-1', tenant, scope: 'links:read links:write links:admin' })
  const send = (path: string, options: Call = {}) => call(`${api}${path}`, { token: bearer, ...options })
  return { tenant, send }
}

test('each change of a link is one event on the bus, with the link as it was then, in an order that can be told', async () => {
  const { tenant, send } = await aClient()
  const { json: link } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/', tags: ['a'] } })
  const path = `/v1/links/${link.code}`
  await send(path, { method: 'PATCH', body: { title: 'New' } })
  await send(path, { method: 'PATCH', body: { url: 'https://example.org/' } })
  await report({ code: link.code, reason: 'It is spam.' })
  await send(`${path}/block`, { method: 'PUT', body: { reason: 'So it is.' } })
  await send(`${path}/block`, { method: 'DELETE' })
  await send(path, { method: 'DELETE' })

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

test('what changes nothing is no event: a block that is there, none that is taken away, a report of no link', async () => {
  const { send } = await aClient()
  const { json: link } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
  const path = `/v1/links/${link.code}`
  const statuses: number[] = []
  for (const body of [{ reason: 'one' }, { reason: 'one' }, { reason: 'two' }]) {
    statuses.push((await send(`${path}/block`, { method: 'PUT', body })).status)
  }
  for (const _ of [1, 2]) statuses.push((await send(`${path}/block`, { method: 'DELETE' })).status)
  statuses.push((await send(path, { method: 'DELETE' })).status)
  statuses.push((await report({ code: link.code, reason: 'Too late.' })).status)
  expect(statuses).toEqual([204, 204, 204, 204, 204, 204, 202])
  // Another link's event comes after all of these.
  const { json: last } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
  await bus.eventsOf(last.code, 1)
  const types = (await bus.eventsOf(link.code, 5)).map(({ type, data }) => [type, (data as { reason?: string }).reason])
  expect(types).toEqual([
    ['url-shortener.link.created', undefined],
    ['url-shortener.link.blocked', 'one'],
    ['url-shortener.link.blocked', 'two'],
    ['url-shortener.link.updated', undefined],
    ['url-shortener.link.deleted', undefined],
  ])
})

test('a creation that is repeated with its Idempotency-Key is one event', async () => {
  const { send } = await aClient()
  const keyed = {
    method: 'POST',
    body: { url: 'https://example.com/' },
    headers: { 'idempotency-key': randomBytes(8).toString('hex') },
  }
  const [first, second] = [await send('/v1/links', keyed), await send('/v1/links', keyed)]
  expect(second.json).toEqual(first.json)
  const { json: last } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
  await bus.eventsOf(last.code, 1)
  expect(await bus.eventsOf(first.json.code, 1)).toHaveLength(1)
})

test('of 20 changes at a time each is an event, and no number is given twice', async () => {
  const { send } = await aClient()
  const { json: link } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
  const path = `/v1/links/${link.code}`
  const changes = Array.from({ length: 10 }, (_, n) => send(path, { method: 'PATCH', body: { title: `${n}` } }))
  const reports = Array.from({ length: 10 }, (_, n) => report({ code: link.code, reason: `${n}` }))
  const answers = await Promise.all([...changes, ...reports])
  const succeeded = answers.filter(({ status }) => status < 300).length
  const events = await bus.eventsOf(link.code, succeeded + 1)
  expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: succeeded + 1 }, (_, n) => n + 1))
  // Who reports while everybody else does may be told to try again.
  expect(answers.filter(({ status }) => ![200, 202, 503].includes(status))).toEqual([])
  expect(changes).toHaveLength(10)
})

test('of a flood of reports of one link ten are told, all are answered alike, and the tenant can still change it', async () => {
  const { send } = await aClient()
  const { json: link } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
  const answers: unknown[] = []
  for (let n = 0; n < 14; n++) answers.push((await report({ code: link.code, reason: `${n}` })).status)
  expect(answers).toEqual(Array(14).fill(202))
  expect((await send(`/v1/links/${link.code}`, { method: 'PATCH', body: { title: 'New' } })).status).toBe(200)
  const types = (await bus.eventsOf(link.code, 12)).map(({ type }) => type.split('.').at(-1))
  expect(types).toEqual(['created', ...Array(10).fill('reported'), 'updated'])
})

test('one trace goes from the request through the event to the consumer’s line', async () => {
  const { send } = await aClient()
  const traceId = randomBytes(16).toString('hex')
  const { json, headers } = await send('/v1/links', {
    method: 'POST',
    body: { url: 'https://example.com/' },
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  })
  const [event] = await bus.eventsOf(json.code, 1)
  const correlationId = headers.get('x-request-id')
  expect(event?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  expect(event?.correlationId).toBe(correlationId)

  const told = (lines: { message: string }[]) => lines.some(({ message }) => message === 'message handled')
  const lines = await until(() => linesWith(traceId), told)
  const story = lines.map(({ service, message }) => `${service}: ${message}`)
  const PARTS = [
    'url-shortener-api: invocation',
    'url-shortener-outbox: event published',
    'url-shortener-check-target: target checked',
    'url-shortener-check-target: message handled',
  ]
  expect(story).toEqual(expect.arrayContaining(PARTS))
  for (const line of lines) expect([line.trace_id, line.correlation_id]).toEqual([traceId, correlationId])
  expect(lines.find(({ message }) => message === 'target checked')).toMatchObject({ event_id: event?.id })
})
