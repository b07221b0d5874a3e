import fc from 'fast-check'
import { transact } from '../../../functions/shared/data/transact.ts'
import { createInbox } from '../../../functions/shared/events/inbox.ts'
import { QUEUE_METRICS, queueHandler } from '../../../functions/shared/queue/queue-handler.ts'
import { isTransient } from '../../../functions/shared/resilience/policy.ts'
import { retry } from '../../../functions/shared/resilience/retry.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { clientOf } from '../../support/fake-dynamodb.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { atOnce, badDay, type Life, lives, never, unavailable } from '../events/faults.ts'
import { cancelled, dynamodbOn, transactionsModel } from '../events/transactions-model.ts'
import { queueModel, type Sent } from './queue-model.ts'

// A consumer counts and lists what it gets, by an inbox, while messages come twice, calls get lost, transactions meet,
// and Lambda ends the function at any call, two invocations at a time. Whatever the order: each effect happens once, in
// a FIFO group in order, poison is set aside, and nothing good is held up by it.

/** `odd` has no JSON, the handler calls `bad` poison. */
const KINDS = ['good', 'good', 'good', 'good', 'odd', 'bad'] as const
type Kind = (typeof KINDS)[number]

const scenario = fc.record({
  fifo: fc.boolean(),
  messages: fc.array(fc.record({ kind: fc.constantFrom(...KINDS), group: fc.constantFrom('a', 'b', 'c') }), {
    minLength: 1,
    maxLength: 20,
  }),
  /** Messages that a standard queue delivers a second time, as copies of the first. */
  doubled: fc.array(fc.nat({ max: 19 }), { maxLength: 5 }),
  picks: fc.array(fc.nat({ max: 19 }), { maxLength: 40 }),
  batchSizes: fc.array(fc.integer({ min: 1, max: 10 }), { maxLength: 10 }),
  calls: badDay,
  conflicts: fc.array(fc.boolean(), { maxLength: 10 }),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never

interface Body {
  event: string
  group: string
  kind: Kind
}

const telemetry = silentTelemetry()

function toSent({ messages, doubled, fifo }: Scenario): Sent[] {
  const sent = messages.map(({ kind, group }, index) => {
    const body = JSON.stringify({ event: `event-${index}`, group, kind })
    return { id: `message-${index}`, body: kind === 'odd' ? `odd ${body}` : body, group }
  })
  if (fifo) return sent
  const copies = doubled.flatMap((index) => sent[index] ?? [])
  return [...sent, ...copies.map((one, copy) => ({ ...one, id: `${one.id}-again-${copy}` }))]
}

type MakeInbox = typeof createInbox
type MakeConsumer = typeof queueHandler<Body>

/** A table with the consumer's effects: a count, and in which order events had theirs. */
function tableModel(conflicts: readonly boolean[]) {
  const model = transactionsModel()
  const left = [...conflicts]
  const effects: string[] = []
  let tokens = 0
  const dynamodb = (life: Life) => {
    // As the client does: what got lost is sent again as it was.
    const retried = retry({
      maxAttempts: 2,
      baseMs: 0,
      capMs: 0,
      isRetryable: isTransient,
      startTimer: atOnce,
      random: () => 0,
    })
    return dynamodbOn(model, (effect) =>
      retried(() =>
        life.call(() => {
          if (left.shift()) throw cancelled([{ Code: 'None' }, { Code: 'TransactionConflict' }])
          const before = model.items.size
          const result = effect()
          const [added] = [...model.items.keys()].slice(before).filter((key) => key.startsWith('X#'))
          if (added) effects.push(added)
          return result
        }),
      ),
    )
  }
  const randomBytes = (count: number) => Buffer.alloc(count, String(tokens++).padStart(count, '0'))
  return { model, effects, dynamodb, randomBytes }
}

interface Makers {
  inbox: MakeInbox
  consumer: MakeConsumer
}

async function brokenRules({ inbox: makeInbox, consumer: makeConsumer }: Makers, one: Scenario) {
  const broken = new Set<string>()
  const sent = toSent(one)
  const { fifo, calls, conflicts } = one
  const picks = [...one.picks]
  const sizes = [...one.batchSizes]
  const faults = calls.filter(({ fate }) => fate !== 'ok').length + conflicts.filter(Boolean).length
  // Each fault costs a message one receive at most, but for those behind it in its group: they are given back, too.
  const queue = queueModel({
    sent,
    fifo,
    maxReceiveCount: 1 + faults,
    pick: (count) => (picks.shift() ?? 0) % count,
  })
  const table = tableModel(conflicts)
  const day = lives(calls)
  const aside = new Set<string>()

  const invoke = async (batch: ReturnType<typeof queue.receive> & object) => {
    const life = day.born()
    const { once } = makeInbox({
      client: clientOf(table.dynamodb(life)),
      tableName: 'a-table',
      consumer: 'counter',
      now: () => 0,
      random: () => 0,
      randomBytes: table.randomBytes,
      startTimer: atOnce,
    })
    const handler = makeConsumer({
      ...telemetry,
      metrics: createMetrics({ namespace: 'Stackyard/Test', names: QUEUE_METRICS, stack: 'a-stack' }),
      read: (body) => body as Body,
      async handle({ event, kind, group }, { signal }) {
        if (kind === 'bad') return { poison: 'bad' }
        const key = { pk: { S: `count-${group}` } }
        const values = { ':by': { N: '1' } }
        const update = { TableName: 'a-table', Key: key, UpdateExpression: 'ADD #count :by' }
        await once(event, [{ Update: { ...update, ExpressionAttributeValues: values } }], signal)
        return undefined
      },
      setAside: ({ id }) => life.call(() => void aside.add(id)),
      messageMs: 1000,
      startTimer: never,
    })
    const ending = await life.live(handler(batch, lambdaContext()))
    if (ending.ended === 'well') queue.answer(batch, ending.result)
    else queue.lose(batch)
  }

  for (let round = 0; !queue.isEmpty() && round < 1000; round++) {
    const batches = [queue.receive(sizes.shift() ?? 10), queue.receive(sizes.shift() ?? 10)]
    await Promise.all(batches.map((batch) => batch && invoke(batch)))
  }
  day.end()

  const good = one.messages.flatMap(({ kind, group }, index) => (kind === 'good' ? [{ group, index }] : []))
  for (const group of ['a', 'b', 'c']) {
    const expected = good.filter((message) => message.group === group).map(({ index }) => `X#counter#event-${index}`)
    const happened = table.effects.filter((effect) => expected.includes(effect))
    const count = Number(table.model.items.get(`count-${group}`)?.count?.N ?? 0)
    if (count > expected.length) broken.add('an effect is doubled')
    if (count < expected.length) broken.add('an effect is lost')
    if (fifo && happened.join() !== expected.join()) broken.add('a group is out of order')
  }
  if (!queue.isEmpty()) broken.add('the queue never gets empty')
  const kindOf = (id: string) => one.messages[Number(id.split('-')[1])]?.kind
  if (queue.deadLetters.some((id) => kindOf(id) === 'good')) broken.add('a good message is a dead letter')
  const poison = sent.filter(({ id }) => kindOf(id) !== 'good')
  if (poison.some(({ id }) => !aside.has(id) && !queue.deadLetters.includes(id))) broken.add('poison is lost')
  if ([...aside].some((id) => kindOf(id) === 'good')) broken.add('a good message is set aside')
  return [...broken]
}

const SOUND: Makers = { inbox: createInbox, consumer: queueHandler }

test('each effect happens once, and in order within a group, whatever fails and wherever the function dies', async () => {
  const keepsTheRules = fc.asyncProperty(scenario, async (one) => expect(await brokenRules(SOUND, one)).toEqual([]))
  await fc.assert(keepsTheRules, { numRuns: 400 })
})

/** Each breaks one rule from outside. */
const BROKEN: Record<string, Partial<Makers>> = {
  'marks after the effect': {
    inbox: (options) => {
      const { once } = createInbox(options)
      return {
        async once(eventId, effect, signal) {
          const seen = await transact(options.client, { items: effect }, { signal })
          return seen ? once(eventId, [], signal) : { outcome: 'repeated' }
        },
      }
    },
  },
  'marks before the effect': {
    inbox: (options) => {
      const { once } = createInbox(options)
      return {
        async once(eventId, effect, signal) {
          const marked = await once(eventId, [], signal)
          if (marked.outcome === 'done') {
            await transact(options.client, { items: effect, token: eventId }, { signal })
          }
          return marked
        },
      }
    },
  },
  'goes on in a group after a failure': {
    consumer: (options) => {
      const handler = queueHandler(options)
      const alone = (Records: Parameters<typeof handler>[0]['Records'], context: Parameters<typeof handler>[1]) =>
        Promise.all(Records.map((record) => handler({ Records: [record] }, context)))
      return async ({ Records }, context) => {
        const answers = await alone(Records, context)
        return { batchItemFailures: answers.flatMap(({ batchItemFailures }) => batchItemFailures) }
      }
    },
  },
  'gives poison back': {
    consumer: (options) => queueHandler({ ...options, setAside: () => Promise.reject(unavailable()) }),
  },
  'deletes what failed': {
    consumer: (options) => {
      const handler = queueHandler(options)
      return async (event, context) => {
        await handler(event, context)
        return { batchItemFailures: [] }
      }
    },
  },
}

test.each([
  ['marks after the effect', 'an effect is doubled'],
  ['marks before the effect', 'an effect is lost'],
  ['goes on in a group after a failure', 'a group is out of order'],
  ['gives poison back', 'a good message is a dead letter'],
  ['deletes what failed', 'an effect is lost'],
])('the rules see a consumer that %s', async (flaw, rule) => {
  const keepsTheRule = fc.asyncProperty(scenario, async (one) => {
    const broken = await brokenRules({ ...SOUND, ...BROKEN[flaw] }, one)
    return !broken.includes(rule)
  })
  expect(await fc.check(keepsTheRule, { numRuns: 3000, endOnFailure: true })).toHaveProperty('failed', true)
})
