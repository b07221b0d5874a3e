import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Click } from '../../../functions/url-shortener/domain/click.ts'
import { apiUrl } from '../../support/cloud.ts'
import { Disturbed, eventually } from '../../support/eventually.ts'
import { answered, call } from '../../support/http.ts'
import { withinOne } from '../../support/undisturbed.ts'
import { aClient } from '../a-client.ts'
import { aClick, visitor } from '../clicks/a-click.ts'
import { COUNTED, countingFailedSince } from '../clicks/counting.ts'
import { countOf, listen, physicalId, sqs } from '../deployed.ts'
import { VISITORS } from '../visit/a-visit.ts'

const api = apiUrl('UrlShortener')
const QueueUrl = await physicalId('AWS::SQS::Queue', 'ClicksQueue')
const deadLetters = await physicalId('AWS::SQS::Queue', 'ClicksDeadLetters')
const bus = await listen()
afterAll(async () => {
  await bus.stop()
  sqs.destroy()
})

/** The contract's deadline for a count. */
const A_MINUTE = { deadlineMs: 60_000 }

/**
 * Makes a claim about visits that are to be counted within a minute, again if an hour ended meanwhile, or if another
 * test let the counting fail.
 */
function whileCounted(claim: () => Promise<void>): Promise<void> {
  return withinOne(
    () => `the hour ${new Date().toISOString().slice(0, 13)}`,
    async () => {
      const begun = Date.now()
      try {
        await claim()
      } catch (cause) {
        if (await countingFailedSince(begun)) throw new Disturbed('The counting failed meanwhile.', { cause })
        throw cause
      }
    },
  )
}

const send = (message: unknown) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
const tryToVisit = (code: string, headers: Record<string, string>, method = 'GET') =>
  call(`${api}/${code}`, { method, headers })
const visit = async (...asked: Parameters<typeof tryToVisit>) => answered(302, await tryToVisit(...asked))

/** Creates a tenant with a client that reads statistics. */
async function aReader() {
  const client = await aClient()
  const statsOf = async (code: string, query = '') =>
    answered(200, await client.send(`/v1/links/${code}/stats${query}`)).json
  const statsOfTenant = async (query = '') => answered(200, await client.send(`/v1/stats${query}`)).json
  const clicksOf = async (code: string) => answered(200, await client.send(`/v1/links/${code}`)).json.clicks
  return { ...client, statsOf, statsOfTenant, clicksOf }
}

const IPHONE = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  referer: 'https://News.example/today?secret=1',
}

/** @proves url-shortener/statistics-in-a-minute */
test('visits are in the statistics within a minute: people, bots apart, and HEAD nowhere', () =>
  whileCounted(visitsAreCounted))

async function visitsAreCounted() {
  const { create, statsOf, statsOfTenant, clicksOf } = await aReader()
  const { code } = await create()
  for (const headers of [VISITORS.person, VISITORS.person, IPHONE, VISITORS.bot]) await visit(code, headers)
  await visit(code, VISITORS.person, 'HEAD')
  answered(200, await tryToVisit(`${code}+`, VISITORS.person))
  await eventually(async () => expect(await statsOf(code)).toMatchObject({ clicks: 3, uniques: 2, bots: 1 }), A_MINUTE)
  const { series } = await statsOf(code)
  expect(series).toHaveLength(31)
  expect(series.at(-1)).toEqual({ at: `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`, clicks: 3, uniques: 2 })
  expect((await statsOf(code, '?interval=hour')).series.at(-1)).toEqual({ at: expect.any(String), clicks: 3 })
  const groupsBy = async (groupBy: string) => (await statsOf(code, `?groupBy=${groupBy}`)).groups
  expect(await groupsBy('browser')).toEqual([
    { value: 'Firefox', clicks: 2 },
    { value: 'Mobile Safari', clicks: 1 },
  ])
  expect(await groupsBy('referrer')).toEqual([
    { value: 'direct', clicks: 2 },
    { value: 'news.example', clicks: 1 },
  ])
  expect(await groupsBy('country')).toEqual([{ value: 'unknown', clicks: 3 }])
  expect(await statsOfTenant()).toMatchObject({ clicks: 3, uniques: 2, bots: 1, top: [{ code, clicks: 3 }] })
  expect(await clicksOf(code)).toBe(3)

  const events = (await bus.eventsOf(code, 2)).filter(({ type }) => type === 'url-shortener.link.clicked')
  expect(events).toMatchObject([{ subject: code, data: { clicks: expect.any(Number), total: expect.any(Number) } }])
}

test('a link with a cap shows the counter of its cap, and a cap set later starts from the statistics', async () => {
  const { create, change, clicksOf, statsOf } = await aReader()
  const capped = await create({ maxClicks: 5 })
  await visit(capped.code, VISITORS.person)
  expect(await clicksOf(capped.code)).toBe(1)

  const { code } = await create()
  for (const _ of [1, 2]) await visit(code, VISITORS.person)
  await eventually(async () => expect(await clicksOf(code)).toBe(2), COUNTED)
  expect(await change(code, { maxClicks: 3 })).toMatchObject({ clicks: 2, status: 'active' })
  await eventually(async () => {
    const { status } = await tryToVisit(code, VISITORS.person)
    expect([await clicksOf(code), status]).toEqual([3, 410])
  })
  await eventually(async () => expect((await statsOf(capped.code)).clicks).toBe(1), COUNTED)
})

/** @proves url-shortener/clicks-once */
test('a message that comes twice counts once, and one that is no click becomes a dead letter', async () => {
  const { tenant, create, statsOf } = await aReader()
  const { code } = await create()
  const click = (id: number): Click =>
    aClick(`${code}-${id}`, { code, tenant, at: Date.now(), country: 'DE', visitor: visitor(id) })
  const clicks = [1, 2, 3].map(click)
  const before = await countOf(deadLetters)
  await send({ code, at: 'never' })
  for (const message of [...clicks, ...clicks, ...clicks.toReversed()]) await send(message)
  await eventually(
    async () => expect(await statsOf(code, '?groupBy=country')).toMatchObject({ clicks: 3, uniques: 3 }),
    COUNTED,
  )
  await eventually(async () => expect(await countOf(deadLetters)).toBeGreaterThan(before), COUNTED)
  await eventually(async () => expect(await countOf(QueueUrl)).toBe(0), COUNTED)
  expect(await statsOf(code, '?groupBy=country')).toMatchObject({ clicks: 3, groups: [{ value: 'DE', clicks: 3 }] })
})

test('a link without clicks has empty statistics, and one of another tenant has none', async () => {
  const { create, remove, send: ask, statsOf, statsOfTenant } = await aReader()
  const { code } = await create()
  expect(await statsOf(code, '?groupBy=os')).toMatchObject({ clicks: 0, uniques: 0, bots: 0, groups: [] })
  expect(await statsOfTenant()).toMatchObject({ clicks: 0, top: [] })
  expect((await (await aReader()).send(`/v1/links/${code}/stats`)).status).toBe(404)
  await remove(code)
  expect((await ask(`/v1/links/${code}/stats`)).status).toBe(404)
})

test.each([
  ['from=2026-05-06T00:00:00Z&to=2026-05-05T00:00:00Z', 'from'],
  ['interval=hour&from=2026-04-01T00:00:00Z&to=2026-05-03T00:00:00Z', 'from'],
  ['from=2024-05-01T00:00:00Z&to=2026-05-03T00:00:00Z', 'from'],
  ['from=yesterday', 'from'],
  ['interval=week', 'interval'],
  ['groupBy=city', 'groupBy'],
  ['interval=day&interval=day', 'interval'],
  ['limit=1', 'limit'],
])('the query %s is refused with the name of the field', async (query, path) => {
  const { create, send: ask } = await aReader()
  const { code } = await create()
  for (const route of [`/v1/links/${code}/stats`, '/v1/stats']) {
    expect(answered(422, await ask(`${route}?${query}`)).json.errors).toMatchObject([{ path }])
  }
})
