import type { SQSRecord } from 'aws-lambda'
import { type BatchHandlerOptions, batchHandler } from '../../../functions/shared/queue/batch-handler.ts'
import { QUEUE_METRICS } from '../../../functions/shared/queue/queue-handler.ts'
import type { AsideMessage } from '../../../functions/shared/queue/set-aside.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { lambdaContext } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { unavailable } from '../events/faults.ts'
import { toRecord } from './queue-model.ts'

interface Message {
  id: string
}

/** Creates a consumer of messages `{id}`. */
function consumer(handle: BatchHandlerOptions<Message>['handle'], { isAsideDown = false } = {}) {
  const { telemetry, lines } = recordedTelemetry()
  const aside: AsideMessage[] = []
  const lambda = batchHandler<Message>({
    ...telemetry,
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: QUEUE_METRICS, stack: 'a-stack' }),
    read(body) {
      if (typeof Object(body).id !== 'string') throw new Error('It has no id')
      return body as Message
    },
    handle,
    async setAside(message) {
      if (isAsideDown) throw unavailable()
      aside.push(message)
    },
  })
  const invoke = async (...Records: SQSRecord[]) => {
    const { batchItemFailures } = await lambda({ Records }, lambdaContext())
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  }
  return { invoke, aside, lines }
}

const record = (id: string, body: string = JSON.stringify({ id })) => toRecord({ id, body })

test('a batch is handled at once, and only what its handler names is returned to the queue', async () => {
  const batches: string[][] = []
  const { invoke, lines } = consumer(async (messages, { describe }) => {
    batches.push(messages.map(({ id }) => id))
    describe({ counted: 2 })
    return messages.filter(({ id }) => id === '2')
  })
  expect(await invoke(record('1'), record('2'), record('3'))).toEqual(['2'])
  expect(batches).toEqual([['1', '2', '3']])
  expect(lines.at(-1)).toMatchObject({ messages: 3, failed: 1, set_aside: 0, counted: 2, MessagesFailed: 1 })
})

test('the same message twice in a batch is two messages', async () => {
  const { invoke } = consumer(async ([first]) => (first ? [first] : []))
  expect(await invoke(record('1'), record('2', JSON.stringify({ id: '1' })))).toEqual(['1'])
})

test('a batch whose handler rejects is returned as a whole, and is no error of the function', async () => {
  const { invoke, lines } = consumer(async () => {
    throw unavailable()
  })
  expect(await invoke(record('1'), record('2'))).toEqual(['1', '2'])
  expect(lines).toMatchObject([
    { level: 'ERROR', message: 'batch failed' },
    { outcome: 'ok', failed: 2 },
  ])
})

test('poison is set aside with its reason, and the others are handled', async () => {
  const handled: string[] = []
  const { invoke, aside, lines } = consumer(async (messages) => {
    handled.push(...messages.map(({ id }) => id))
    return []
  })
  expect(await invoke(record('1', 'not JSON'), record('2', '{}'), record('3'))).toEqual([])
  expect(aside).toMatchObject([
    { id: '1', body: 'not JSON', reason: 'The body is not JSON' },
    { id: '2', body: '{}', reason: 'It has no id' },
  ])
  expect(handled).toEqual(['3'])
  expect(lines.at(-1)).toMatchObject({ set_aside: 2, failed: 0, MessagesSetAside: [1, 1] })
})

test('poison that can’t be set aside is returned to the queue', async () => {
  const { invoke } = consumer(async () => [], { isAsideDown: true })
  expect(await invoke(record('1', '{}'), record('2'))).toEqual(['1'])
})

test('a batch has a cause, from which its effects can be traced', async () => {
  let cause: unknown
  const { invoke } = consumer(async (_, delivery) => {
    cause = delivery.cause
    return []
  })
  await invoke(record('1'))
  expect(cause).toMatchObject({ correlationId: '1', causationId: null, traceparent: expect.stringMatching(/^00-/) })
})
