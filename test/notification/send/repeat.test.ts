import type { Category } from '../../../functions/notification/domain/category.ts'
import type { Tracked } from '../../../functions/notification/domain/notification.ts'
import type { Template } from '../../../functions/notification/domain/template.ts'
import { sendRoutes } from '../../../functions/notification/send/routes.ts'
import { renderTemplate } from '../../../functions/notification/templates/render.ts'
import type { UrlRefusal } from '../../../functions/shared/outbound/check-url.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { aCategory } from '../notifications.ts'
import { sendCaller, takenOver } from '../send-caller.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const message = { category: 'orders', content: { text: 'Hello' } }
const hello = { name: 'hello', version: 1, digest: false, locales: { '': { email: { subject: 'Hi', text: 'Hi' } } } }

/** The routes that send, over memory. */
function sender() {
  const clock = fakeClock()
  const stored = new Map<string, Tracked>()
  const world = {
    category: aCategory() as Category | undefined,
    template: hello as Template | undefined,
    refusal: undefined as UrlRefusal | undefined,
    /** Users whose notifications can't be stored for now. */
    down: new Set<string>(),
    reads: 0,
    isUnreadable: false,
  }
  const routes = sendRoutes({
    readCategory: async () => world.category,
    readTemplate: async () => world.template,
    readPerson: async () => undefined,
    render: renderTemplate,
    judgeUrl: async () => world.refusal,
    async store(tracked) {
      const { id, to } = tracked.notification
      if ('userId' in to && world.down.has(to.userId)) throw new Error('down')
      const existing = stored.get(id)
      if (existing) return { outcome: 'exists', tracked: existing }
      stored.set(id, JSON.parse(JSON.stringify(tracked)))
      return { outcome: 'stored' }
    },
    async read({ id }) {
      world.reads += 1
      if (world.isUnreadable) throw new Error('unreadable')
      return stored.get(id)
    },
    ...{ now: clock.now, startTimer: clock.startTimer, tenancy: 'multi' },
    ...{ idempotency: takenOver, bulkIdempotency: takenOver },
  })
  const post = sendCaller(routes)
  return {
    ...{ clock, stored, world },
    at: (ms: number) => new Date(clock.now() + ms).toISOString(),
    send: (body: object, key = 'op-1') =>
      post('POST /v1/notifications', key, { ...message, to: { email: 'ann@example.com' }, ...body }),
    bulk: (body: object, key = 'bulk-1') => post('POST /v1/notifications/bulk', key, { ...message, ...body }),
  }
}

type Sender = ReturnType<typeof sender>

/** Changes of the world after which a request would be refused, or ask for something else. */
const changes: { name: string; body?: (given: Sender) => object; change: (given: Sender) => unknown }[] = [
  { name: 'its time came', body: ({ at }) => ({ sendAt: at(1000) }), change: ({ clock }) => clock.advance(2000) },
  { name: 'its time is past', body: ({ at }) => ({ sendAt: at(1000) }), change: ({ clock }) => clock.advance(HOUR) },
  { name: 'it expired', body: ({ at }) => ({ expiresAt: at(1000) }), change: ({ clock }) => clock.advance(2000) },
  {
    name: 'its category got other channels',
    change: ({ world }) => Object.assign(world, { category: aCategory({ channels: ['sms', 'push'] }) }),
  },
  { name: 'its category was deleted', change: ({ world }) => Object.assign(world, { category: undefined }) },
  {
    name: 'its template was deleted',
    body: () => ({ content: undefined, template: 'hello' }),
    change: ({ world }) => Object.assign(world, { template: undefined }),
  },
  {
    name: 'its template prints a variable that it has not',
    body: () => ({ content: undefined, template: 'hello' }),
    change({ world }) {
      world.template = { ...hello, version: 2, locales: { '': { email: { subject: 'Hi', text: 'Hi {{name}}' } } } }
    },
  },
]

/** @proves notification/one-effect */
test.each(changes)('a repeat is the notification that was accepted, although $name', async ({ body, change }) => {
  const given = sender()
  const asked = body?.(given) ?? {}
  const first = await given.send(asked)
  expect(first).toMatchObject({ status: 202, json: { id: 'op-1' } })
  await change(given)
  expect(await given.send(asked)).toEqual(first)
  expect(given.stored.size).toBe(1)
})

/** @proves notification/one-effect */
test.each(changes)('a recipient’s key names its notification in a later bulk, although $name', async (one) => {
  const given = sender()
  const shared = one.body?.(given) ?? {}
  const recipients = [{ to: { userId: 'ann' }, key: 'k-1', data: { order: 1 } }]
  const first = await given.bulk({ ...shared, recipients })
  expect(first).toMatchObject({ status: 207, json: { results: [{ index: 0, id: expect.any(String) }] } })
  await one.change(given)
  expect(await given.bulk({ ...shared, recipients }, 'bulk-2')).toEqual(first)
  expect(given.stored.size).toBe(1)
})

test('a repeat tells the status that the notification has by now', async () => {
  const { send, stored, world } = sender()
  await send({})
  for (const { summary } of stored.values()) Object.assign(summary, { status: 'delivered' })
  expect(await send({})).toMatchObject({ status: 202, json: { status: 'delivered' } })
  world.category = undefined
  expect(await send({})).toMatchObject({ status: 202, json: { status: 'delivered' } })
})

test('a URL that may not be called any more refuses no repeat', async () => {
  const { send, world } = sender()
  const asked = { to: { webhookUrl: 'https://example.com/hooks' } }
  const first = await send(asked)
  world.refusal = 'address'
  expect(await send(asked)).toEqual(first)
  expect(await send(asked, 'op-2')).toMatchObject({ status: 422, json: { errors: [{ path: 'to.webhookUrl' }] } })
})

test.each([
  { name: 'a time that is past', body: { sendAt: -2 * MINUTE }, path: 'sendAt' },
  { name: 'an expiry that is past', body: { expiresAt: -1 }, path: 'expiresAt' },
])('what is new is refused for $name, alone and in a bulk', async ({ body, path }) => {
  const { at, send, bulk, stored } = sender()
  const asked = Object.fromEntries(Object.entries(body).map(([name, ms]) => [name, at(ms)]))
  const refusal = { status: 422, json: { code: 'invalid-input', errors: [{ path }] } }
  expect(await send(asked)).toMatchObject(refusal)
  expect(await bulk({ ...asked, recipients: [{ to: { userId: 'ann' }, key: 'k-1' }] })).toMatchObject(refusal)
  expect(stored.size).toBe(0)
})

test('a bulk that is new is refused as a whole without its category', async () => {
  const { bulk, world } = sender()
  world.category = undefined
  const recipients = [{ to: { userId: 'ann' }, key: 'k-1' }, { to: {} }]
  expect(await bulk({ recipients })).toMatchObject({ status: 422, json: { code: 'unknown-category' } })
})

/** @proves notification/one-effect */
test('a bulk that is repeated after its time keeps who was accepted, and refuses the others', async () => {
  const { at, bulk, world, clock, stored } = sender()
  const recipients = [{ to: { userId: 'ann' } }, { to: { userId: 'bob' }, key: 'k-1' }, { to: { userId: 'cyd' } }]
  const asked = { sendAt: at(1000), recipients }
  world.down.add('cyd')
  const { results } = (await bulk(asked)).json
  expect(results).toMatchObject([{ id: expect.any(String) }, { id: expect.any(String) }, { error: {} }])
  world.down.clear()
  await clock.advance(HOUR)
  const refused = { index: 2, error: { code: 'invalid-input', errors: [{ path: 'sendAt' }] } }
  expect((await bulk(asked)).json.results).toMatchObject([results[0], results[1], refused])
  expect(stored.size).toBe(2)
})

test('a bulk is not refused as a whole while nobody can tell who was accepted before', async () => {
  const { at, bulk, world, clock } = sender()
  const asked = { sendAt: at(1000), recipients: [{ to: { userId: 'ann' } }] }
  const first = await bulk(asked)
  await clock.advance(HOUR)
  world.isUnreadable = true
  expect(await bulk(asked)).toMatchObject({ status: 207, json: { results: [{ error: { code: 'internal-error' } }] } })
  world.isUnreadable = false
  expect(await bulk(asked)).toEqual(first)
})

test('a bulk that is repeated within a minute of its time accepts those who failed', async () => {
  const { at, bulk, world, clock } = sender()
  const asked = { sendAt: at(1000), recipients: [{ to: { userId: 'ann' } }, { to: { userId: 'bob' } }] }
  world.down.add('bob')
  const first = (await bulk(asked)).json.results
  world.down.clear()
  await clock.advance(MINUTE)
  expect((await bulk(asked)).json.results).toEqual([first[0], { index: 1, id: expect.any(String) }])
})

describe('a recipient’s key is refused for a request', () => {
  const asked = { sendAt: 1000, expiresAt: HOUR, channels: ['email'], reference: 'r-1' }
  test.each([
    { name: 'for another time', other: { sendAt: 2000 } },
    { name: 'for now', other: { sendAt: null } },
    { name: 'with another expiry', other: { expiresAt: 2 * HOUR } },
    { name: 'by other channels', other: { channels: ['sms'] } },
    { name: 'with another text', other: { content: { text: 'Other' } } },
    { name: 'by a template', other: { content: undefined, template: 'hello' } },
    { name: 'with another reference', other: { reference: 'r-2' } },
    { name: 'with other data', other: { data: { order: 2 } } },
  ])('$name', async ({ other }) => {
    const { clock, bulk } = sender()
    const start = clock.now()
    const time = (ms: number | null) => (ms === null ? null : new Date(start + ms).toISOString())
    const body = ({ sendAt, expiresAt, ...rest }: typeof asked) => ({
      ...{ ...rest, sendAt: time(sendAt), expiresAt: time(expiresAt) },
      recipients: [{ to: { userId: 'ann' }, key: 'k-1' }],
    })
    await bulk(body(asked))
    await clock.advance(10_000)
    const { results } = (await bulk(body({ ...asked, ...other } as typeof asked), 'bulk-2')).json
    expect(results).toMatchObject([{ error: { code: 'idempotency-key-reused' } }])
  })
})

test('a time just past that was stored as none is the same time in a repeat, and an earlier one is not', async () => {
  const { at, bulk, stored } = sender()
  const asked = (sendAt: string) => ({ sendAt, recipients: [{ to: { userId: 'ann' }, key: 'k-1' }] })
  const first = await bulk(asked(at(-1000)))
  for (const { notification } of stored.values()) Object.assign(notification, { sendAt: null })
  expect(await bulk(asked(at(-1000)), 'bulk-2')).toEqual(first)
  expect(await bulk(asked(at(-61_000)), 'bulk-3')).toMatchObject({ status: 422, json: { code: 'invalid-input' } })
})

test('what is accepted at once is not looked for before', async () => {
  const { send, world } = sender()
  await send({})
  await send({})
  expect(world.reads).toBe(0)
})
