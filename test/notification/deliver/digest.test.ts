import { aCategory } from '../notifications.ts'
import { anEndpoint } from '../webhooks/a-webhook.ts'
import { ACCEPTED, DELIVERED, UNAVAILABLE, UNKNOWN } from './deliver-world.ts'
import { ANN, type DigestWorldOptions, digestWorld, textsOf } from './digest-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('what was cancelled or has expired is not in the digest, and a window without items sends nothing', async () => {
  const world = digestWorld()
  for (const id of ['a', 'b']) world.accept(id)
  world.accept('c', { expiresAt: 30_000 })
  await world.run(1000)
  expect(await world.cancel('a')).toMatchObject({ outcome: 'cancelled', channels: { email: 'cancelled' } })
  await world.run(30_000)
  expect(world.channel('c')).toMatchObject({ status: 'expired', reason: 'expired' })
  expect(await world.cancel('a')).toMatchObject({ outcome: 'cancelled' })
  await world.run()
  expect(textsOf(world)).toEqual(['1 news: [b]'])

  const empty = digestWorld()
  empty.accept('a')
  await empty.run(1)
  await empty.cancel('a')
  await empty.run()
  expect([empty.messages, empty.published]).toEqual([[], [['a', 'cancelled']]])
})

test('a digest is judged anew at its end: quiet hours defer it with its items, and what expires before ends', async () => {
  let quietUntil: number | null = 8 * HOUR
  const preferences = { ...ANN.preferences, quietHours: { start: '22:00', end: '07:00', zone: 'UTC' } }
  const world = digestWorld({
    readPerson: async () => ({ ...ANN, preferences }),
    judgeQuietHours: (now) => (quietUntil !== null && now < quietUntil ? quietUntil : null),
  })
  world.accept('a')
  world.accept('b', { expiresAt: HOUR })
  world.accept('c')
  await world.run(2 * MINUTE)
  expect(world.channel('a')).toMatchObject({ status: 'deferred', reason: 'quiet-hours' })
  expect(world.channel('b')).toMatchObject({ status: 'expired', reason: 'quiet-hours' })
  await world.cancel('c')
  await world.run()
  expect(textsOf(world)).toEqual(['1 news: [a]'])
  quietUntil = null
  expect(world.published.filter(([id]) => id === 'a')).toEqual([
    ['a', 'deferred'],
    ['a', 'delivered'],
  ])
})

/** A user whose quiet hours begin and end when a test says. */
function quietWorld(options: DigestWorldOptions = {}) {
  const preferences = { ...ANN.preferences, quietHours: { start: '22:00', end: '07:00', zone: 'UTC' } }
  const quiet = { until: null as number | null }
  const world = digestWorld({
    readPerson: async () => ({ ...ANN, preferences }),
    judgeQuietHours: () => quiet.until,
    ...options,
  })
  return { world, quiet }
}

test('items of a digest that is deferred after a refused try are deferred, too: they can be cancelled, and expire', async () => {
  const { world, quiet } = quietWorld({
    answer() {
      quiet.until = 8 * HOUR
      return UNAVAILABLE
    },
  })
  world.accept('a')
  world.accept('b', { expiresAt: HOUR })
  await world.run(2 * MINUTE)
  expect(world.channel('a')).toMatchObject({ status: 'deferred', reason: 'quiet-hours' })
  expect(world.channel('b')).toMatchObject({ status: 'expired', reason: 'quiet-hours' })
  expect(await world.cancel('a')).toMatchObject({ outcome: 'cancelled' })
})

test('items that a worker gathered before it died are deferred with their digest', async () => {
  let isDying = true
  const { world, quiet } = quietWorld({ dies: () => isDying && world.channel('a').status === 'sending' })
  world.accept('a')
  await world.run(MINUTE - 1)
  const [closing] = world.queue
  await expect(world.run()).rejects.toThrow('The worker died')
  isDying = false
  quiet.until = 8 * HOUR
  if (closing) world.queue.push(closing)
  await world.run(2 * MINUTE)
  expect(world.channel('a')).toMatchObject({ status: 'deferred', reason: 'quiet-hours' })
  expect(world.published).toEqual([['a', 'deferred']])
  quiet.until = null
  await world.run()
  expect(textsOf(world)).toEqual(['1 news: [a]'])
})

test('a webhook’s digest that was tried keeps its items when a throttle defers it: all tries have the same bytes', async () => {
  const throttle = { limit: 1, windowMs: HOUR, over: 'defer' } as const
  const world = digestWorld({
    readPerson: async () => ({ ...ANN, endpoints: [anEndpoint()] }),
    readCategory: async () => aCategory({ digest: { windowSeconds: 60, maxItems: 9 }, throttle }),
    takeThrottle: async () =>
      world.messages.length === 1 && world.now < HOUR ? { outcome: 'over', retryAt: HOUR } : { outcome: 'allowed' },
    answer: () => (world.messages.length === 1 ? UNAVAILABLE : DELIVERED),
  })
  world.accept('a', { steps: [{ channel: 'webhook' }] })
  await world.run(2 * MINUTE)
  expect(world.channel(world.channel('a').digestId ?? '')).toMatchObject({ status: 'deferred', attempts: 1 })
  expect(await world.cancel('a')).toMatchObject({ outcome: 'too-late' })
  await world.run()
  expect(new Set(world.messages.map(({ parts }) => parts.body)).size).toBe(1)
  expect(world.channel('a').status).toBe('delivered')
})

test('a preference that changed in the window suppresses the digest and its items', async () => {
  let wanted = true
  const readPerson = async () => ({
    ...ANN,
    preferences: { ...ANN.preferences, categories: { orders: { email: wanted } } },
  })
  const world = digestWorld({ readPerson })
  world.accept('a')
  await world.run(1)
  wanted = false
  await world.run()
  expect(world.channel('a')).toMatchObject({ status: 'suppressed', reason: 'preference', attempts: 0 })
  expect(world.messages).toEqual([])
})

test('a digest counts once against a throttle, and an empty one does not', async () => {
  const charged: string[] = []
  const throttle = { limit: 1, windowMs: 1000, over: 'drop' } as const
  const world = digestWorld({
    readCategory: async () => aCategory({ digest: { windowSeconds: 60, maxItems: 9 }, throttle }),
    async takeThrottle({ notificationId }) {
      charged.push(notificationId)
      return { outcome: 'allowed' }
    },
  })
  for (const id of ['a', 'b']) world.accept(id)
  await world.run()
  world.accept('c')
  await world.run(world.now)
  await world.cancel('c')
  await world.run()
  expect(charged).toHaveLength(1)
})

test('items are sending while a digest is tried again, cannot be cancelled, and get its end', async () => {
  let tries = 0
  const world = digestWorld({ answer: () => (++tries < 3 ? UNAVAILABLE : ACCEPTED) })
  for (const id of ['a', 'b']) world.accept(id)
  await world.run(MINUTE)
  expect(await world.cancel('a')).toMatchObject({ outcome: 'too-late' })
  await world.run(2 * MINUTE)
  expect(textsOf(world)).toEqual(Array(3).fill('2 news: [a][b]'))
  expect(world.channel('a').status).toBe('sending')
  expect(world.published).toContainEqual(['a', 'sent'])
  await world.receive('delivered')
  await world.run(3 * MINUTE)
  expect(world.channel('b').status).toBe('delivered')
  await world.receive('bounced')
  await world.run(4 * MINUTE)
  expect(world.channel('b')).toMatchObject({ status: 'failed', reason: 'bounced' })
  expect(world.published).toContainEqual(['b', 'bounced'])
})

test('without a receipt items are unconfirmed after 72 hours', async () => {
  const world = digestWorld({ answer: () => ACCEPTED })
  world.accept('a')
  await world.run()
  expect(world.channel('a').status).toBe('unconfirmed')
  expect(world.now).toBe(MINUTE + 72 * HOUR)
})

test('the timeline of an item says that it is unknown whether its digest was sent', async () => {
  let tries = 0
  const world = digestWorld({ answer: () => (++tries === 1 ? UNKNOWN : ACCEPTED) })
  world.accept('a')
  await world.run(2 * MINUTE)
  expect(world.channel('a').timeline).toContainEqual(
    expect.objectContaining({ event: 'retrying', detail: expect.stringContaining('It is unknown whether') }),
  )
})

test('an item that expires between two tries of its digest is not in the second, and none is sent with none left', async () => {
  let tries = 0
  const world = digestWorld({ answer: () => (++tries < 2 ? UNAVAILABLE : ACCEPTED) })
  world.accept('a')
  world.accept('b', { expiresAt: MINUTE + 200 })
  await world.run(MINUTE + 600)
  expect(textsOf(world)).toEqual(['2 news: [a][b]', '1 news: [a]'])
  expect(world.channel('b')).toMatchObject({ status: 'expired', reason: 'expired' })
})

test('a rule that ends a digest between two tries ends its items, of which nothing was sent', async () => {
  let wanted = true
  const readPerson = async () => ({
    ...ANN,
    preferences: { ...ANN.preferences, categories: { orders: { email: wanted } } },
  })
  const world = digestWorld({ readPerson, answer: () => UNAVAILABLE })
  world.accept('a')
  await world.run(MINUTE)
  wanted = false
  await world.run(2 * MINUTE)
  expect(world.channel('a')).toMatchObject({ status: 'suppressed', reason: 'preference' })
})

test('a message that comes twice does not bring an item into another window', async () => {
  const world = digestWorld()
  world.accept('a')
  const [turn] = world.queue
  await world.run(1)
  if (turn) expect(await world.deliver(turn)).toMatchObject({ outcome: 'early' })
  await world.run()
  expect([world.digests().length, textsOf(world)]).toEqual([1, ['1 news: [a]']])
})

test('two workers that have the items follow tell each event once', async () => {
  const world = digestWorld({ answer: () => ACCEPTED })
  world.accept('a')
  await world.run(1)
  const closing = world.queue[0]
  world.now = MINUTE
  if (closing) await world.deliver(closing)
  const news = world.queue.at(-1)
  if (news) await Promise.all([world.deliver(news), world.deliver(news)])
  expect(world.published).toEqual([['a', 'sent']])
})

test('a digest that is cancelled by its own id cancels its items', async () => {
  const world = digestWorld()
  for (const id of ['a', 'b']) world.accept(id)
  await world.run(1)
  expect(await world.cancel(world.channel('a').digestId ?? '')).toMatchObject({ outcome: 'cancelled' })
  await world.run()
  expect(['a', 'b'].map((id) => world.channel(id).status)).toEqual(['cancelled', 'cancelled'])
  expect(world.messages).toEqual([])
})
