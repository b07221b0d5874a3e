import type { PutEventsRequest, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import fc from 'fast-check'
import type { EventBridge } from '../../../functions/shared/aws/eventbridge.ts'
import type { DomainEvent } from '../../../functions/shared/events/event.ts'
import { OUTBOX_METRICS, outboxHandler } from '../../../functions/shared/events/outbox.ts'
import { entryAttributes } from '../../../functions/shared/events/outbox-entry.ts'
import { createPublisher } from '../../../functions/shared/events/publisher.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { fakeClient, refusal } from '../../support/fake-dynamodb.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { anEntry } from './an-event.ts'
import { atOnce, badDay, type Life, lives, unavailable } from './faults.ts'
import { streamModel } from './stream-model.ts'

// Items change, and the outbox reads their stream while calls get lost, EventBridge takes a part, and Lambda ends the
// function at any call. Whatever the order: each change is published, what can't be is set aside, and nothing is made up.

/**
 * The fate of a change's event: `odd` can't be built, `huge` can't be sent, and the bus refuses the others, alone or in
 * any request.
 */
const KINDS = ['good', 'good', 'good', 'odd', 'huge', 'refused', 'malformed'] as const
type Kind = (typeof KINDS)[number]
type Write = { does: 'change'; subject: string; kind: Kind } | { does: 'repeat' | 'touch' | 'delete'; subject: string }

const subject = fc.constantFrom('a', 'b', 'c')
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('change' as const), subject, kind: fc.constantFrom(...KINDS) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('repeat' as const, 'touch', 'delete'), subject }) },
)
/** EventBridge's results for entries, in turn; later entries are accepted. */
const entryAnswers = fc.array(fc.constantFrom('ok', 'ok', 'ThrottlingException', 'InternalFailure'), { maxLength: 40 })
const scenario = fc.record({
  writes: fc.array(write, { minLength: 1, maxLength: 25 }),
  calls: badDay,
  entryAnswers,
  batchSizes: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 10 }),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never

const HUGE = 'x'.repeat(65_536)

/** Makes the writes, and returns the id of each change with its expected outcome. */
function makeWrites(stream: ReturnType<typeof streamModel>, writes: readonly Write[]) {
  const changes = new Map<string, { kind: Kind; subject: string; sequence: number }>()
  const sequences = new Map<string, number>()
  for (const one of writes) {
    const { does, subject } = one
    const image = stream.read(subject)
    if (does === 'change') {
      const sequence = (sequences.get(subject) ?? 0) + 1
      sequences.set(subject, sequence)
      const id = `event-${changes.size}`
      changes.set(id, { kind: one.kind, subject, sequence })
      const entry = entryAttributes(anEntry({ operationId: id }))
      stream.write(subject, {
        ...entry,
        sequence: { N: String(sequence) },
        kind: { S: one.kind },
        name: { S: subject },
      })
    } else if (image && does === 'repeat') {
      // The writer's answer was lost: the same again, under the same id.
      const sequence = (sequences.get(subject) ?? 0) + 1
      sequences.set(subject, sequence)
      stream.write(subject, { ...image, sequence: { N: String(sequence) } })
    } else if (image && does === 'touch') stream.write(subject, { ...image, visits: { N: '1' } })
    else if (does === 'delete') stream.write(subject, undefined)
  }
  return changes
}

/** A bus that keeps what it took. */
function busModel(answers: readonly string[]) {
  const left = [...answers]
  const taken: DomainEvent[] = []
  const kindOf = ({ Detail = '' }: PutEventsRequestEntry) => JSON.parse(Detail).data.kind as Kind
  const take = (entry: PutEventsRequestEntry) => {
    if (kindOf(entry) === 'refused') return { ErrorCode: 'InvalidArgument' }
    const answer = left.shift() ?? 'ok'
    if (answer !== 'ok') return { ErrorCode: answer }
    taken.push(JSON.parse(entry.Detail ?? ''))
    return { EventId: 'e' }
  }
  const client = (life: Life) =>
    fakeClient<EventBridge>((_operation, { Entries = [] }: PutEventsRequest) =>
      life.call(() => {
        if (Entries.some((entry) => kindOf(entry) === 'malformed')) throw refusal('ValidationException')
        return { Entries: Entries.map(take) }
      }),
    )
  return { taken, client }
}

/** Nobody reads the lines here. */
const telemetry = silentTelemetry()

type MakeOutbox = typeof outboxHandler

async function brokenRules(make: MakeOutbox, { writes, calls, entryAnswers, batchSizes }: Scenario) {
  const broken = new Set<string>()
  const stream = streamModel()
  const changes = makeWrites(stream, writes)
  const bus = busModel(entryAnswers)
  const aside: { reason: string; image: { event: { M: { operationId: { S: string } } } } }[] = []
  const day = lives(calls)
  const sizes = [...batchSizes]
  const faults = calls.filter(({ fate }) => fate !== 'ok').length + entryAnswers.filter((one) => one !== 'ok').length

  let failures = 0
  for (let batch = stream.next(1); batch; batch = stream.next(sizes.shift() ?? 10)) {
    const life = day.born()
    const handler = make({
      ...telemetry,
      metrics: createMetrics({ namespace: 'Stackyard/Test', names: OUTBOX_METRICS, stack: 'a-stack' }),
      toContent({ kind, name }) {
        if (kind?.S === 'odd') throw new Error('odd')
        const data = { kind: kind?.S, ...(kind?.S === 'huge' && { text: HUGE }) }
        return { schemaVersion: 1, tenant: 'acme', subject: name?.S ?? '', data }
      },
      publish: createPublisher({
        eventBridge: bus.client(life),
        busName: 'a-bus',
        source: 'stackyard.shop',
        random: () => 0,
        startTimer: atOnce,
      }),
      setAside: ({ body }) => life.call(() => void aside.push(JSON.parse(body))),
    })
    const { ended } = await life.live(handler(batch, lambdaContext()))
    if (ended === 'well') stream.done(batch)
    else if (++failures > faults) {
      broken.add('held up without a fault')
      break
    }
  }
  day.end()

  const asideIds = new Set(aside.map(({ image }) => image.event.M.operationId.S))
  for (const [id, { kind, subject, sequence }] of changes) {
    const copies = bus.taken.filter((event) => event.id === `${id}-${sequence}`)
    if (kind !== 'good' && !asideIds.has(id)) broken.add('poison is lost')
    if (kind !== 'good' && copies.length > 0) broken.add('poison is on the bus')
    if (kind === 'good' && copies.length === 0) broken.add('an event is lost')
    if (kind === 'good' && asideIds.has(id)) broken.add('a good event is set aside')
    for (const event of copies) {
      if (event.subject !== subject || event.sequence !== sequence) broken.add('an event is not its change’s')
    }
  }
  const isQuiet = faults === 0
  if (isQuiet && bus.taken.length + aside.length > changes.size) broken.add('doubled without a fault')
  return [...broken]
}

test('no event is lost or made up, whatever fails and wherever the function dies', async () => {
  const losesNothing = fc.asyncProperty(scenario, async (one) =>
    expect(await brokenRules(outboxHandler, one)).toEqual([]),
  )
  await fc.assert(losesNothing, { numRuns: 400 })
})

/** Each breaks one rule of the outbox from outside. */
const BROKEN = {
  'swallows failures': (options) => {
    const handler = outboxHandler(options)
    return (event, context) => handler(event, context).catch(() => {})
  },
  'throws on poison': (options) => outboxHandler({ ...options, setAside: () => Promise.reject(unavailable()) }),
  'forgets refusals': ({ publish, ...options }) =>
    outboxHandler({ ...options, publish: (events, signal) => publish(events, signal).then(() => []) }),
  'publishes each item once a batch': ({ publish, ...options }) =>
    outboxHandler({
      ...options,
      publish: (events, signal) => publish([...new Map(events.map((one) => [one.subject, one])).values()], signal),
    }),
} satisfies Record<string, MakeOutbox>

test.each([
  ['swallows failures', 'an event is lost'],
  ['throws on poison', 'held up without a fault'],
  ['forgets refusals', 'poison is lost'],
  ['publishes each item once a batch', 'an event is lost'],
] as const)('the rules see an outbox that %s', async (flaw, rule) => {
  const keepsTheRule = fc.asyncProperty(scenario, async (one) => {
    const broken = await brokenRules(BROKEN[flaw], one)
    return !broken.includes(rule)
  })
  expect(await fc.check(keepsTheRule, { numRuns: 1000, endOnFailure: true })).toHaveProperty('failed', true)
})
