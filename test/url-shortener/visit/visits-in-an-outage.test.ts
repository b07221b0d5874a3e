import { AppError } from '../../../functions/shared/errors.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { createVisitStore } from '../../../functions/url-shortener/store/click-cap.ts'
import { toItem } from '../../../functions/url-shortener/store/items.ts'
import { previewLink } from '../../../functions/url-shortener/visit/preview-link.ts'
import { resolveDetails, resolveLink } from '../../../functions/url-shortener/visit/resolve-link.ts'
import { redirectRoute } from '../../../functions/url-shortener/visit/route.ts'
import { visitLink } from '../../../functions/url-shortener/visit/visit-link.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { aLink } from '../a-link.ts'
import { VISITORS } from './a-visit.ts'

// Creates the whole redirect, except for passwords, over a table that can be switched off.

const RULES = JSON.stringify([{ if: {}, url: 'https://example.com/by-rule' }])

function redirecting(link: Partial<Link>) {
  const table = { time: Date.parse('2026-03-12T19:03:58.005Z'), isDown: false, reads: 0 }
  const now = () => table.time
  const random = () => 0
  const items: Record<string, object> = {
    link: toItem(aLink(link)),
    details: { rules: { S: RULES } },
    cap: { clicks: { N: '0' }, maxClicks: { N: '5' } },
  }
  const dynamodb = (async (operation: string, { Key }: { Key: { sk: { S: string } } }) => {
    table.reads += 1
    if (table.isDown) throw new AppError('dependency-failed', 'the table is down', { retryable: true })
    return operation === 'GetItem' ? { Item: items[Key.sk.S] } : { Attributes: items[Key.sk.S] }
  }) as DynamoDBCall
  const { read, readDetails, spend, readCap } = createVisitStore({ client: clientOf(dynamodb), tableName: 'Links' })
  const links = {
    resolve: resolveLink({ read, now, random }),
    resolveDetails: resolveDetails({ read: readDetails, now, random }),
    now,
  }
  const visit = visitLink({
    ...links,
    spend,
    readCap,
    recordEnd: async () => {},
    recordClick: async () => {},
    isUnlocked: async () => false,
  })
  const route = redirectRoute({
    visit,
    preview: previewLink(links),
    isFromEdge: async () => false,
    publicUrl: 'https://s.example',
    count: () => undefined,
  })
  const handler = httpHandler({ ...silentTelemetry(), routes: { 'GET /{code}': route } })
  const ask = async (code = 'abc') => {
    const event = httpEvent({ routeKey: 'GET /{code}', params: { code }, headers: VISITORS.person })
    const { statusCode, headers } = await handler(event, lambdaContext())
    return [statusCode, headers?.location ?? headers?.['retry-after']]
  }
  return { table, ask }
}

/** @proves url-shortener/served-in-an-outage */
test.each<[string, Partial<Link>, string]>([
  ['plain', {}, 'https://example.com/'],
  ['with rules', { hasRules: true }, 'https://example.com/by-rule'],
])('a cached link %s redirects for five minutes, and then gets 503', async (_, link, target) => {
  const { table, ask } = redirecting(link)
  expect(await ask()).toEqual([302, target])
  table.isDown = true
  for (const wait of [3_000, 200_000, 96_999]) {
    table.time += wait
    expect(await ask()).toEqual([302, target])
  }
  table.time += 1
  expect(await ask()).toEqual([503, '1'])
})

test('rules that were read long before the outage are served as long as their link', async () => {
  const { table, ask } = redirecting({ hasRules: true })
  await ask()
  table.time += 299_999
  await ask()
  table.isDown = true
  table.time += 299_999
  expect(await ask()).toEqual([302, 'https://example.com/by-rule'])
})

test('a link’s details cost no read at each visit', async () => {
  const { table, ask } = redirecting({ hasRules: true })
  for (let visit = 0; visit < 10; visit += 1) {
    await ask()
    table.time += 3000
  }
  expect(table.reads).toBe(11)
})

/** @proves url-shortener/guarded-links-closed */
test.each<[string, Partial<Link>, number]>([
  ['a cap', { maxClicks: 5 }, 302],
  ['a password', { passwordId: 'p1' }, 200],
])('a cached link with %s gets 503 as soon as the table is read again', async (_, link, before) => {
  const { table, ask } = redirecting(link)
  expect((await ask())[0]).toBe(before)
  table.isDown = true
  table.time += 3000
  expect(await ask()).toEqual([503, '1'])
})

/** @proves url-shortener/guarded-links-closed */
test('a cap that can’t be counted admits nobody, although the link is cached', async () => {
  const { table, ask } = redirecting({ maxClicks: 5 })
  await ask()
  table.isDown = true
  expect(await ask()).toEqual([503, '1'])
})

test('a preview of rules survives an outage as a visit does', async () => {
  const { table, ask } = redirecting({ hasRules: true })
  await ask()
  table.isDown = true
  table.time += 299_999
  expect((await ask('abc+'))[0]).toBe(200)
  table.time += 1
  expect(await ask('abc+')).toEqual([503, '1'])
})

test('a link that is not cached gets 503, and not 404', async () => {
  const { table, ask } = redirecting({})
  table.isDown = true
  expect(await ask()).toEqual([503, '1'])
})
