import type { SQSRecord } from 'aws-lambda'
import {
  type Delivery,
  type Poison,
  QUEUE_METRICS,
  queueHandler,
} from '../../../functions/shared/queue/queue-handler.ts'
import type { AsideMessage } from '../../../functions/shared/queue/set-aside.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { fakeClock, settle } from '../../support/fake-clock.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { anEvent, TRACE_ID, TRACEPARENT } from '../events/an-event.ts'
import { unavailable } from '../events/faults.ts'
import { type Sent, toRecord } from './queue-model.ts'

interface Message {
  id: string
  says?: string
}
type Handle = (message: Message, delivery: Delivery) => Promise<Poison | undefined>

/** A consumer of messages `{id, says}`, with 10 s to go of which a message may take one. */
function consumer(handle: Handle, { isAsideDown = false, isRetryDown = false } = {}) {
  const clock = fakeClock()
  const { telemetry, lines } = recordedTelemetry(clock.now)
  const aside: AsideMessage[] = []
  const retried: string[][] = []
  const lambda = queueHandler<Message>({
    ...telemetry,
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: QUEUE_METRICS, stack: 'a-stack' }),
    read(body) {
      if (typeof Object(body).id !== 'string') throw new Error('It has no id')
      return body as Message
    },
    handle,
    causedBy: ({ id }) => ({ ...anEvent({}), id }),
    async setAside(message) {
      if (isAsideDown) throw unavailable()
      aside.push(message)
    },
    async retrySoon(records) {
      if (isRetryDown) throw unavailable()
      retried.push(records.map(({ messageId }) => messageId))
    },
    messageMs: 1000,
    startTimer: clock.startTimer,
  })
  const end = clock.now() + 10_000
  const invoke = async (...Records: SQSRecord[]) => {
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => end - clock.now() }
    const { batchItemFailures } = await lambda({ Records }, context)
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  }
  return { invoke, aside, retried, lines, clock }
}

const record = (id: string, more: Partial<Sent> & { says?: string } = {}, fifo = false) =>
  toRecord({ id, body: JSON.stringify({ id, says: more.says }), ...more }, fifo)
const fifoRecord = (id: string, group: string, says?: string) => record(id, { group, ...(says && { says }) }, true)

/** Does what the message says, and keeps which it was given. */
function obedient() {
  const begun: string[] = []
  const handle: Handle = async ({ id, says }) => {
    begun.push(id)
    if (says === 'fail') throw unavailable()
    return says === 'poison' ? { poison: 'It is of no use' } : undefined
  }
  return { begun, handle }
}

test('a handled message is not returned to the queue', async () => {
  const { begun, handle } = obedient()
  const { invoke, lines } = consumer(handle)
  expect(await invoke(record('1'), record('2'))).toEqual([])
  expect(begun).toEqual(['1', '2'])
  expect(lines.at(-1)).toMatchObject({ message: 'invocation', messages: 2, failed: 0, set_aside: 0, not_begun: 0 })
  expect(lines.at(-1)).not.toHaveProperty('_aws')
})

test('a message that fails is returned alone', async () => {
  const { begun, handle } = obedient()
  const { invoke, lines } = consumer(handle)
  expect(await invoke(record('1'), record('2', { says: 'fail' }), record('3'))).toEqual(['2'])
  expect(begun).toEqual(['1', '2', '3'])
  expect(lines.at(-1)).toMatchObject({ MessagesFailed: 1, failed: 1 })
})

test('a batch that fails as a whole is given back, and is no error of the function', async () => {
  const { invoke } = consumer(obedient().handle)
  expect(await invoke(record('1', { says: 'fail' }))).toEqual(['1'])
})

test('a failure of one batch is forgotten in the next', async () => {
  const { begun, handle } = obedient()
  const { invoke } = consumer(handle)
  await invoke(fifoRecord('1', 'a', 'fail'))
  expect(await invoke(fifoRecord('1', 'a'))).toEqual([])
  expect(begun).toEqual(['1', '1'])
})

test('in a FIFO queue the later ones of the group are given back untouched, and other groups go on', async () => {
  const { begun, handle } = obedient()
  const { invoke, lines } = consumer(handle)
  const batch = [fifoRecord('1', 'a'), fifoRecord('2', 'a', 'fail'), fifoRecord('3', 'b'), fifoRecord('4', 'a')]
  expect((await invoke(...batch)).sort()).toEqual(['2', '4'])
  expect(begun.sort()).toEqual(['1', '2', '3'])
  expect(lines.at(-1)).toMatchObject({ MessagesFailed: 1, failed: 1, not_begun: 1 })
})

test('groups of a queue that isn’t FIFO have no order', async () => {
  const { begun, handle } = obedient()
  const { invoke } = consumer(handle)
  expect(await invoke(record('1', { group: 'a', says: 'fail' }), record('2', { group: 'a' }))).toEqual(['1'])
  expect(begun).toEqual(['1', '2'])
})

test.each<[string, string]>([
  ['is not JSON', '{"id":'],
  ['is not what it should be', '{}'],
  ['the handler says so of', '{"id":"2","says":"poison"}'],
])('poison (a body that %s) is set aside as it came, and holds nothing of its group up', async (_, body) => {
  const { begun, handle } = obedient()
  const { invoke, aside, lines } = consumer(handle)
  const poison = {
    ...toRecord({ id: '2', body, group: 'a' }, true),
    messageAttributes: { kind: { dataType: 'String', stringValue: 'order' } },
  }
  expect(await invoke(fifoRecord('1', 'a'), poison, fifoRecord('3', 'a'))).toEqual([])
  expect(begun.filter((id) => id !== '2')).toEqual(['1', '3'])
  expect(aside).toEqual([
    {
      id: '2',
      body,
      reason: expect.stringMatching(/not JSON|no id|no use/),
      attributes: { kind: { DataType: 'String', StringValue: 'order' } },
      groupId: 'a',
    },
  ])
  expect(lines.at(-1)).toMatchObject({ MessagesSetAside: 1, set_aside: 1, failed: 0 })
  expect(lines.at(-1)).not.toHaveProperty('MessagesFailed')
})

test('poison that can’t be set aside is given back', async () => {
  const { invoke } = consumer(obedient().handle, { isAsideDown: true })
  expect(await invoke(fifoRecord('1', 'a', 'poison'), fifoRecord('2', 'a'))).toEqual(['1', '2'])
})

test('no more than five are handled at a time, and in a FIFO queue one of a group', async () => {
  let now = 0
  let most = 0
  const together = new Set<string>()
  const handle: Handle = async ({ id }) => {
    most = Math.max(most, ++now)
    expect(together.has(id.charAt(0))).toBe(false)
    together.add(id.charAt(0))
    await settle()
    together.delete(id.charAt(0))
    now--
    return undefined
  }
  const batch = ['a1', 'a2', 'b1', 'c1', 'd1', 'd2', 'e1', 'f1', 'g1'].map((id) => fifoRecord(id, id.charAt(0)))
  expect(await consumer(handle).invoke(...batch)).toEqual([])
  expect(most).toBe(5)
})

test('a message that takes too long is aborted and given back, and the others are not', async () => {
  let signal: AbortSignal | undefined
  const { invoke, clock } = consumer(({ id }, delivery) => {
    if (id === '2') return Promise.resolve(undefined)
    signal = delivery.signal
    return new Promise(() => {})
  })
  const invocation = invoke(record('1'), record('2'))
  await clock.advance(999)
  expect(signal?.aborted).toBe(false)
  await clock.advance(1)
  expect(await invocation).toEqual(['1'])
  expect(signal?.aborted).toBe(true)
  expect(clock.pendingTimers()).toBe(0)
})

test('messages for which no time is left are not begun, and returned', async () => {
  const begun: string[] = []
  const { invoke, clock } = consumer(async ({ id }) => {
    begun.push(id)
    // The clock alone: 10 s less three times this leave less than a message's second and the reserve.
    clock.set(clock.now() + 2700)
    return undefined
  })
  // One group, so that they come one after the other.
  expect(await invoke(...['1', '2', '3', '4', '5'].map((id) => fifoRecord(id, 'a')))).toEqual(['4', '5'])
  expect(begun).toEqual(['1', '2', '3'])
})

test('a function without time for even one message fails with that reason', async () => {
  const { invoke, clock } = consumer(obedient().handle)
  clock.set(clock.now() + 8001)
  await expect(invoke(record('1'))).rejects.toThrow(
    'A message may take 1000 ms: the function’s timeout is too short.'.replace('’', "'"),
  )
})

describe('the ids', () => {
  test('goes on: a handler’s lines and the message’s own have trace and correlation id of the event', async () => {
    const { invoke, lines } = consumer(async (_, { logger }) => {
      logger.info('at work')
      return undefined
    })
    await invoke(record('event-7'))
    const story = {
      correlation_id: 'request-1',
      trace_id: TRACE_ID,
      parent_span_id: '00f067aa0ba902b7',
      event_id: 'event-7',
    }
    expect(lines).toMatchObject([
      { message: 'at work', ...story, message_id: 'event-7' },
      { message: 'message handled', ...story, receive_count: 1, latency_ms: 0 },
      { message: 'invocation' },
    ])
  })

  test('the effects are caused by the event, in the same trace', async () => {
    let cause: unknown
    const { invoke } = consumer(async (_, delivery) => {
      cause = delivery.cause
      return undefined
    })
    await invoke(record('event-7'))
    expect(cause).toEqual({
      correlationId: 'request-1',
      causationId: 'event-7',
      traceparent: `00-${TRACE_ID}-0101010101010101-01`,
    })
    expect(TRACEPARENT).toContain(TRACE_ID)
  })

  test('begins with the message, where that says of none', async () => {
    const { invoke, lines } = consumer(obedient().handle)
    const traced = toRecord({ id: 'message-1', body: 'poison' })
    traced.attributes.AWSTraceHeader = `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)};Sampled=1`
    await invoke(traced)
    expect(lines[0]).toMatchObject({ message: 'message set-aside', correlation_id: 'message-1', trace_id: TRACE_ID })
  })
})

test('a message that fails comes again soon, on a FIFO queue with those behind it', async () => {
  const { invoke, retried } = consumer(obedient().handle)
  await invoke(fifoRecord('1', 'a'), fifoRecord('2', 'a', 'fail'), fifoRecord('3', 'a'), fifoRecord('4', 'b'))
  expect(retried).toEqual([['2', '3']])
})

test('a message that can’t come again soon is returned all the same', async () => {
  const { invoke, lines } = consumer(obedient().handle, { isRetryDown: true })
  expect(await invoke(record('1', { says: 'fail' }))).toEqual(['1'])
  expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', message: 'retry not hastened' }))
})
