import type { Template } from '../../../functions/notification/domain/template.ts'
import { ANN, digestWorld, NEWS, ruleOf, textsOf } from './digest-world.ts'

const MINUTE = 60_000

test('what comes within a window is sent together at its end, in order of acceptance, and ends with its status', async () => {
  const world = digestWorld()
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
  const world = digestWorld()
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
  const world = digestWorld({ rule: { windowSeconds: 60, maxItems: 2 } })
  for (const id of ['a', 'b', 'c']) world.accept(id)
  await world.run(1)
  expect(textsOf(world)).toEqual(['2 news: [a][b]'])
  await world.run()
  expect(textsOf(world)).toEqual(['2 news: [a][b]', '1 news: [c]'])
})

test('a window of one item is sent at once', async () => {
  const world = digestWorld({ rule: { windowSeconds: 60, maxItems: 1 } })
  world.accept('a')
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [a]'])
})

test('each user, category, channel and digestKey has windows of its own', async () => {
  const world = digestWorld()
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
  const world = digestWorld({ templates: [NEWS, plain] })
  world.accept('a', given)
  await world.run(0)
  expect(world.channel('a').status).toBe('delivered')
  expect(ruleOf(world.channel('a').rules)).toBe(outcome)
})

test('a user’s preference turns digests off, and the template still sees a count and items', async () => {
  const preferences = { ...ANN.preferences, digest: { orders: false } }
  const world = digestWorld({ readPerson: async () => ({ ...ANN, preferences }) })
  world.accept('a')
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [a]'])
  expect(ruleOf(world.channel('a').rules)).toBe('bypassed')
})

const SECOND: Template = { ...NEWS, version: 2, locales: { '': { email: { subject: 'v2', text: '{{count}}' } } } }

test('a template that is replaced while a window is open changes nothing in this window, and all in the next one', async () => {
  const world = digestWorld({ templates: [NEWS, SECOND] })
  world.accept('a')
  world.accept('b', { version: 2 })
  await world.run()
  world.accept('c', { version: 2 })
  await world.run()
  expect(textsOf(world)).toEqual(['2 news: [a][b]', 'v2: 1'])
})

test('what the version of an open window can’t print is sent by itself, with its own version', async () => {
  const world = digestWorld({ templates: [NEWS, SECOND] })
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
  const world = digestWorld({ templates: [NEWS, other] })
  world.accept('a')
  await world.run(0)
  world.accept('b', { source: { template: 'other' } })
  await world.run(0)
  expect(textsOf(world)).toEqual(['1 news: [b]'])
  expect(ruleOf(world.channel('b').rules)).toBe('pass')
})
