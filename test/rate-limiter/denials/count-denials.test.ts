import * as fc from 'fast-check'
import { countDenials, type DenialMinutes } from '../../../functions/rate-limiter/denials/count-denials.ts'
import { readDenialMessage } from '../../../functions/rate-limiter/denials/message.ts'
import type { PolicyMinute } from '../../../functions/rate-limiter/domain/denials.ts'
import { TENANT } from '../a-policy.ts'
import { aMessage, denialMinutes, MINUTE, NOW } from './denial-world.ts'

const { signal } = new AbortController()

function counting(over: (store: DenialMinutes) => DenialMinutes = (store) => store, isDown = () => false) {
  const { store, countsOf, degradedOf } = denialMinutes()
  const asked: PolicyMinute[] = []
  const publishLater = async (minute: PolicyMinute) => {
    asked.push(minute)
    if (isDown()) throw new Error('SQS is down')
  }
  const count = countDenials({ ...over(store), publishLater, now: () => NOW })
  return { countsOf, degradedOf, asked, count: (message: ReturnType<typeof aMessage>) => count(message, signal) }
}

/** @proves rate-limiter/denials-once */
test('messages add up, each once, however often and in whatever order they come', async () => {
  const messages = [aMessage('1', [['a', 1]]), aMessage('2', [['a', 10]]), aMessage('3', [['b', 100]])]
  const deliveries = fc
    .array(fc.constantFrom(...messages))
    .chain((more) => fc.shuffledSubarray([...messages, ...more], { minLength: messages.length + more.length }))
  await fc.assert(
    fc.asyncProperty(deliveries, async (delivered) => {
      const { count, countsOf } = counting()
      for (const message of delivered) await count(message)
      expect(countsOf()).toEqual({ a: 11, b: 100 })
    }),
  )
})

test('messages that are counted at once all count', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { count, countsOf } = counting(({ read, write }) => ({
        read: scheduler.scheduleFunction(read),
        write: scheduler.scheduleFunction(write),
      }))
      const one = aMessage('1', [['a', 1]])
      const all = [one, one, aMessage('2', [['a', 10]]), aMessage('3', [['a', 100]])].map(count)
      await scheduler.waitFor(Promise.all(all))
      expect(countsOf()).toEqual({ a: 111 })
    }),
  )
})

test('a message whose write was made and not answered counts once when it comes again', async () => {
  let isAnswered = false
  const { count, countsOf } = counting(({ read, write }) => ({
    read,
    async write(change, inner) {
      const result = await write(change, inner)
      if (!isAnswered) throw new Error('The answer was lost')
      return result
    },
  }))
  const message = aMessage('1', [['a', 1]])
  await expect(count(message)).rejects.toThrow('lost')
  isAnswered = true
  expect(await count(message)).toEqual(['repeated'])
  expect(countsOf()).toEqual({ a: 1 })
})

test('a message that died between two of its minutes goes on where it was', async () => {
  let writes = 0
  const { count, countsOf } = counting(({ read, write }) => ({
    read,
    async write(change, inner) {
      if (++writes === 2) throw new Error('The function died')
      return write(change, inner)
    },
  }))
  const later = '2026-03-12T19:04Z'
  const [first] = aMessage('1', [['a', 1]]).reports
  const [second] = aMessage('1', [['a', 5]], { minute: later }).reports
  const message = { id: '1', reports: [first, second].flatMap((report) => report ?? []) }
  await expect(count(message)).rejects.toThrow('died')
  expect(await count(message)).toEqual(['repeated', 'counted'])
  expect([countsOf(), countsOf({ minute: later })]).toEqual([{ a: 1 }, { a: 5 }])
})

test('fallback decisions add up like denials, each message once', async () => {
  const { count, degradedOf } = counting()
  const lost = (id: string, degraded: number) => aMessage(id, [], { degraded })
  for (const message of [lost('1', 2), lost('2', 5), lost('1', 2), aMessage('3', [['a', 1]])]) await count(message)
  expect(degradedOf()).toBe(7)
})

test('a minute’s first message schedules its events, and no other does', async () => {
  const { count, asked } = counting()
  await count(aMessage('1', [['a', 1]]))
  await count(aMessage('2', [['a', 1]]))
  expect(asked).toEqual([{ tenant: TENANT, policy: 'writes', minute: MINUTE }])
})

test('no minute is stored whose events are not scheduled', async () => {
  let isDown = true
  const { count, countsOf, asked } = counting(undefined, () => isDown)
  await expect(count(aMessage('1', [['a', 1]]))).rejects.toThrow('SQS')
  expect(countsOf()).toEqual({})
  isDown = false
  await count(aMessage('1', [['a', 1]]))
  expect([countsOf(), asked.length]).toEqual([{ a: 1 }, 2])
})

test('a minute that nobody asks for any more is left as it is', async () => {
  const { count, countsOf } = counting()
  const minute = '2026-03-12T17:04Z'
  expect(await count(aMessage('1', [['a', 1]], { minute }))).toEqual(['late'])
  expect(countsOf({ minute })).toEqual({})
  expect(await count(aMessage('1', [['a', 1]], { minute: '2026-03-12T17:05Z' }))).toEqual(['counted'])
})

test('a minute takes a thousand messages, and none twice', async () => {
  const { count, countsOf } = counting()
  for (let id = 0; id < 1000; id++) await count(aMessage(String(id), [['a', 1]]))
  expect(await count(aMessage('one more', [['a', 1]]))).toEqual(['full'])
  expect(await count(aMessage('999', [['a', 1]]))).toEqual(['repeated'])
  expect(countsOf()).toEqual({ a: 1000 })
})

test('whoever always comes second gives up, and may be tried again', async () => {
  const { count } = counting(({ read }) => ({ read, write: async () => ({ outcome: 'raced', found: undefined }) }))
  await expect(count(aMessage('1', [['a', 1]]))).rejects.toMatchObject({ retryable: true })
})

test.each([
  ['no message', 'text'],
  ['no id', { reports: [] }],
  ['a minute that is none', aMessage('1', [['a', 1]], { minute: '19:03' })],
  ['the end of no minute', { ended: { tenant: 'acme', policy: 'writes', minute: 'now' } }],
  ['a count of nothing', aMessage('1', [['a', 0]])],
  ['an outage of no decision', aMessage('1', [], { degraded: 0 })],
])('%s is poison, of which no value is told', (_, body) => {
  expect(() => readDenialMessage(body)).toThrow(/^A message with wrong fields: [\w. ()]*$/)
})

test('what an environment sends is read as it was', () => {
  const message = aMessage('1', [['a', 1]], { minute: MINUTE, degraded: 3 })
  expect(readDenialMessage(JSON.parse(JSON.stringify(message)))).toEqual(message)
})
