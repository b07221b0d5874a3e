import type { Template } from '../../../functions/notification/domain/template.ts'
import { aCategory, aPerson } from '../notifications.ts'
import { ACCEPTED, UNAVAILABLE, UNKNOWN } from './deliver-world.ts'
import { type DigestWorldOptions, digestWorld, NEWS } from './digest-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ann = aPerson({ email: 'ann@example.com' })

/** A world whose recipient has a mailbox. */
const worldOf = (options: DigestWorldOptions = {}) => digestWorld({ readPerson: async () => ann, ...options })
const textsOf = ({ messages }: { messages: readonly { parts: Readonly<Record<string, string>> }[] }) =>
  messages.map(({ parts }) => `${parts.subject}: ${parts.text}`)
const ruleOf = (rules: readonly { rule: string; outcome: string }[]) =>
  rules.find(({ rule }) => rule === 'digest')?.outcome

test('what comes within a window is sent together at its end, in order of acceptance, and ends with its status', async () => {
  const world = worldOf()
  world.accept('b')
  await world.run(1000)
  world.accept('c')
  world.accept('a')
  await world.run(2000)
  expect(world.messages).toEqual([])
  expect(world.channel('a')).toMatchObject({ status: 'digesting', attempts: 0 })
  expect(ruleOf(world.channel('a').rules)).toBe('digesting')
  await world.run()
  expect(textsOf(world)).toEqual(['3 news: [b][a][c]'])
  for (const id of ['a', 'b', 'c']) {
    expect(world.channel(id)).toMatchObject({ status: 'delivered', provider: 'mail', attempts: 1 })
    expect(ruleOf(world.channel(id).rules)).toBe('pass')
    expect(world.channel(id).timeline.map(({ event }) => event)).toEqual(['digesting', 'sending', 'delivered'])
  }
  expect(world.published.sort()).toEqual(['a', 'b', 'c'].map((id) => [id, 'delivered']))
})

test('a window ends so long after its first item, and the next item opens another one', async () => {
  const world = worldOf()
  world.accept('a')
  await world.run(59_000)
  expect(world.messages).toEqual([])
  await world.run(MINUTE)
  world.accept('b')
  await world.run()
  expect(textsOf(world)).toEqual(['1 news: [a]', '1 news: [b]'])
  expect(world.now).toBe(2 * MINUTE)
})

test('a full window closes early', async () => {
  const world = worldOf({ rule: { windowSeconds: 60, maxItems: 2 } })
  for (const id of ['a', 'b', 'c']) world.accept(id)
  await world.run(1)
  expect(textsOf(world)).toEqual(['2 news: [a][b]'])
  await world.run()
  expect(textsOf(world)).toEqual(['2 news: [a][b]', '1 news: [c]'])
})

test('a window of one item is sent at once', async () => {
  const world = worldOf({ rule: { windowSeconds: 60, maxItems: 1 } })
  world.accept('a')
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [a]'])
})

test('each user, category, channel and digestKey has windows of its own', async () => {
  const world = worldOf()
  world.accept('a')
  world.accept('b', { digestKey: 'x' })
  world.accept('c', { to: { userId: 'bob' } })
  world.accept('d', { category: 'other' })
  world.accept('e', { to: { email: 'Ann@Example.com' } })
  world.accept('f', { to: { email: 'ann@example.com' } })
  await world.run()
  expect(textsOf(world).sort()).toEqual([...['a', 'b', 'c', 'd'].map((id) => `1 news: [${id}]`), '2 news: [e][f]'])
})

test.each([
  { name: 'what is critical', given: { priority: 'critical' as const }, outcome: 'bypassed' },
  { name: 'what has a template that is none for digests', given: { source: { template: 'plain' } }, outcome: 'pass' },
  { name: 'given content', given: { source: { content: { text: 'x' } } }, outcome: 'pass' },
])('$name is sent by itself', async ({ given, outcome }) => {
  const plain: Template = {
    ...NEWS,
    name: 'plain',
    digest: false,
    locales: { '': { email: { subject: '', text: '' } } },
  }
  const world = worldOf({ templates: [NEWS, plain] })
  world.accept('a', given)
  await world.run(0)
  expect(world.channel('a').status).toBe('delivered')
  expect(ruleOf(world.channel('a').rules)).toBe(outcome)
})

test('a user’s preference turns digests off, and the template still sees a count and items', async () => {
  const preferences = { ...ann.preferences, digest: { orders: false } }
  const world = worldOf({ readPerson: async () => ({ ...ann, preferences }) })
  world.accept('a')
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [a]'])
  expect(ruleOf(world.channel('a').rules)).toBe('bypassed')
})

const SECOND: Template = { ...NEWS, version: 2, locales: { '': { email: { subject: 'v2', text: '{{count}}' } } } }

test('a template that is replaced while a window is open changes nothing in this window, and all in the next one', async () => {
  const world = worldOf({ templates: [NEWS, SECOND] })
  world.accept('a')
  world.accept('b', { version: 2 })
  await world.run()
  world.accept('c', { version: 2 })
  await world.run()
  expect(textsOf(world)).toEqual(['2 news: [a][b]', 'v2: 1'])
})

test('what the version of an open window can’t print is sent by itself, with its own version', async () => {
  const world = worldOf({ templates: [NEWS, SECOND] })
  world.accept('a')
  world.accept('b', { version: 2, data: {} })
  await world.run(0)
  expect(textsOf(world)).toEqual(['v2: 1'])
  expect(world.channel('b').status).toBe('delivered')
  await world.run()
  expect(textsOf(world)).toEqual(['v2: 1', '1 news: [a]'])
})

test('a window has the template of its first item, and what has another one is sent by itself', async () => {
  const other: Template = { ...NEWS, name: 'other' }
  const world = worldOf({ templates: [NEWS, other] })
  world.accept('a')
  await world.run(0)
  world.accept('b', { source: { template: 'other' } })
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [b]'])
  expect(ruleOf(world.channel('b').rules)).toBe('pass')
})

test('what was cancelled or has expired is not in the digest, and a window without items sends nothing', async () => {
  const world = worldOf()
  for (const id of ['a', 'b']) world.accept(id)
  world.accept('c', { expiresAt: 30_000 })
  await world.run(1000)
  expect(await world.cancel('a')).toMatchObject({ outcome: 'cancelled', channels: { email: 'cancelled' } })
  await world.run(30_000)
  expect(world.channel('c')).toMatchObject({ status: 'expired', reason: 'expired' })
  expect(await world.cancel('a')).toMatchObject({ outcome: 'cancelled' })
  await world.run()
  expect(textsOf(world)).toEqual(['1 news: [b]'])

  const empty = worldOf()
  empty.accept('a')
  await empty.run(1)
  await empty.cancel('a')
  await empty.run()
  expect([empty.messages, empty.published]).toEqual([[], [['a', 'cancelled']]])
})

test('a digest is judged anew at its end: quiet hours defer it with its items, and what expires before ends', async () => {
  let quietUntil: number | null = 8 * HOUR
  const preferences = { ...ann.preferences, quietHours: { start: '22:00', end: '07:00', zone: 'UTC' } }
  const world = worldOf({
    readPerson: async () => ({ ...ann, preferences }),
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

test('a preference that changed in the window suppresses the digest and its items', async () => {
  let wanted = true
  const readPerson = async () => ({
    ...ann,
    preferences: { ...ann.preferences, categories: { orders: { email: wanted } } },
  })
  const world = worldOf({ readPerson })
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
  const world = worldOf({
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
  const world = worldOf({ answer: () => (++tries < 3 ? UNAVAILABLE : ACCEPTED) })
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
  const world = worldOf({ answer: () => ACCEPTED })
  world.accept('a')
  await world.run()
  expect(world.channel('a').status).toBe('unconfirmed')
  expect(world.now).toBe(MINUTE + 72 * HOUR)
})

test('the timeline of an item says that nobody can tell whether its digest was sent', async () => {
  let tries = 0
  const world = worldOf({ answer: () => (++tries === 1 ? UNKNOWN : ACCEPTED) })
  world.accept('a')
  await world.run(2 * MINUTE)
  expect(world.channel('a').timeline).toContainEqual(
    expect.objectContaining({ event: 'retrying', detail: expect.stringContaining('Nobody can tell') }),
  )
})

test('an item that expires between two tries of its digest is not in the second, and none is sent with none left', async () => {
  let tries = 0
  const world = worldOf({ answer: () => (++tries < 2 ? UNAVAILABLE : ACCEPTED) })
  world.accept('a')
  world.accept('b', { expiresAt: MINUTE + 200 })
  await world.run(MINUTE + 600)
  expect(textsOf(world)).toEqual(['2 news: [a][b]', '1 news: [a]'])
  expect(world.channel('b')).toMatchObject({ status: 'expired', reason: 'expired' })
})

test('a rule that ends a digest between two tries ends its items, of which nothing was sent', async () => {
  let wanted = true
  const readPerson = async () => ({
    ...ann,
    preferences: { ...ann.preferences, categories: { orders: { email: wanted } } },
  })
  const world = worldOf({ readPerson, answer: () => UNAVAILABLE })
  world.accept('a')
  await world.run(MINUTE)
  wanted = false
  await world.run(2 * MINUTE)
  expect(world.channel('a')).toMatchObject({ status: 'suppressed', reason: 'preference' })
})

test('a message that comes twice does not bring an item into another window', async () => {
  const world = worldOf()
  world.accept('a')
  const [turn] = world.queue
  await world.run(1)
  if (turn) expect(await world.deliver(turn)).toMatchObject({ outcome: 'early' })
  await world.run()
  expect([world.digests().length, textsOf(world)]).toEqual([1, ['1 news: [a]']])
})

test('two workers that have the items follow tell each event once', async () => {
  const world = worldOf({ answer: () => ACCEPTED })
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
  const world = worldOf()
  for (const id of ['a', 'b']) world.accept(id)
  await world.run(1)
  expect(await world.cancel(world.channel('a').digestId ?? '')).toMatchObject({ outcome: 'cancelled' })
  await world.run()
  expect(['a', 'b'].map((id) => world.channel(id).status)).toEqual(['cancelled', 'cancelled'])
  expect(world.messages).toEqual([])
})
