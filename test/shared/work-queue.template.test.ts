import { Duration } from 'aws-cdk-lib'
import type { Stage } from '../../lib/shared/settings.ts'
import { type ConsumerProps, WorkQueue, type WorkQueueProps } from '../../lib/shared/work-queue.ts'
import { one, stackOfConstructs } from '../support/constructs.ts'
import { at, objectsIn, ofType, referenced, STAGES, stringsIn } from '../support/templates.ts'

type Options = Partial<WorkQueueProps> & { consumer?: Partial<ConsumerProps>; timeout?: Duration }

const LIMITS = { batchSize: 10, maxConcurrency: 5 }

function workQueue(stage: Stage, { consumer, timeout, ...props }: Options = {}) {
  const { resources } = stackOfConstructs(stage, ({ stack, alarms, fn }) => {
    const queue = new WorkQueue(stack, 'Jobs', { stage, alarms, ...props })
    queue.consume(fn('Consumer', timeout), { ...LIMITS, ...consumer })
    queue.grantSend(fn('Sender').target)
  })
  return {
    resources,
    queue: one(resources, 'AWS::SQS::Queue', 'JobsQueue'),
    deadLetters: one(resources, 'AWS::SQS::Queue', 'JobsDeadLetters'),
    mapping: one(resources, 'AWS::Lambda::EventSourceMapping'),
    actionsOf: (fn: string) =>
      objectsIn(one(resources, 'AWS::IAM::Policy', fn).properties)
        .filter(
          ({ Effect, Action }) => Effect === 'Allow' && !stringsIn(Action).some((name) => name.startsWith('logs:')),
        )
        .map(({ Action, Resource }) => [referenced(Resource), stringsIn(Action).sort()]),
  }
}

describe.each(STAGES)('in %s', (stage) => {
  const { resources, queue, deadLetters, mapping, actionsOf } = workQueue(stage)

  test('messages are kept for 4 days, dead letters for 14', () => {
    expect(queue.properties.MessageRetentionPeriod).toBe(4 * 86_400)
    expect(deadLetters.properties.MessageRetentionPeriod).toBe(14 * 86_400)
  })

  test('both queues are encrypted, and refuse requests without TLS', () => {
    for (const { id, properties } of [queue, deadLetters]) {
      expect(properties.SqsManagedSseEnabled).toBe(true)
      const policies = ofType(resources, 'AWS::SQS::QueuePolicy').filter((policy) =>
        objectsIn(policy.properties.Queues).some((node) => referenced(node) === id),
      )
      expect(policies.flatMap((policy) => objectsIn(policy.properties))).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      )
    }
  })

  test('both outlive their stack in prod, and are deleted with it in dev', () => {
    const policy = stage === 'prod' ? 'Retain' : 'Delete'
    for (const { policies } of [queue, deadLetters]) {
      expect(policies).toEqual({ deletion: policy, replacement: policy })
    }
  })

  test('Lambda invokes the consumer’s target for this stage, with partial batch failures and bounded concurrency', () => {
    expect(mapping.properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    })
    expect(referenced(mapping.properties.EventSourceArn)).toBe(queue.id)
    const type = stage === 'prod' ? 'AWS::Lambda::Alias' : 'AWS::Lambda::Function'
    const named = objectsIn(mapping.properties.FunctionName).flatMap((node) => referenced(node) ?? [])
    expect(named).toEqual([one(resources, type, 'Consumer').id])
  })

  test('the consumer may receive messages and set some aside, a sender may send, and nobody may do more', () => {
    const take = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage']
    expect(actionsOf('Consumer')).toEqual([
      [queue.id, take.map((name) => `sqs:${name}`)],
      [deadLetters.id, ['sqs:SendMessage']],
    ])
    expect(actionsOf('Sender')).toEqual([[queue.id, ['sqs:SendMessage']]])
  })

  test('the consumer finds its dead-letter queue in DEAD_LETTER_QUEUE_URL', () => {
    const { properties } = one(resources, 'AWS::Lambda::Function', 'Consumer')
    expect(referenced(at(properties, 'Environment', 'Variables', 'DEAD_LETTER_QUEUE_URL'))).toBe(deadLetters.id)
  })

  test.each([
    { name: 'the first dead letter', of: deadLetters, MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 },
    { name: 'a message of 15 minutes', of: queue, MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 900 },
  ])('an alarm fires for $name', ({ of, MetricName, Threshold }) => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties)
    const [alarm, ...others] = alarms.filter((it) => it.MetricName === MetricName)
    expect(others).toEqual([])
    expect(alarm).toMatchObject({ Namespace: 'AWS/SQS', Statistic: 'Maximum', Period: 300, Threshold })
    expect(alarm).toMatchObject({ ComparisonOperator: 'GreaterThanOrEqualToThreshold' })
    expect(at(alarm, 'Dimensions', 0, 'Value')).toEqual({ 'Fn::GetAtt': [of.id, 'QueueName'] })
  })
})

describe('the number of receives', () => {
  const redrive = (options: Options) => workQueue('dev', options).queue.properties.RedrivePolicy

  test('is 5, and then a message becomes a dead letter', () => {
    const { queue, deadLetters } = workQueue('dev')
    expect(queue.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
      maxReceiveCount: 5,
    })
  })

  test('is 15 in a FIFO queue, where up to nine failures of others use up receives', () => {
    expect(redrive({ fifo: true })).toMatchObject({ maxReceiveCount: 15 })
  })

  test('can be set', () => {
    expect(redrive({ maxReceiveCount: 3 })).toMatchObject({ maxReceiveCount: 3 })
    expect(redrive({ fifo: true, maxReceiveCount: 3 })).toMatchObject({ maxReceiveCount: 3 })
  })
})

test('a FIFO queue has its throughput in each group', () => {
  const { properties } = workQueue('dev', { fifo: true }).queue
  expect(properties).toMatchObject({ FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' })
  expect(workQueue('dev').queue.properties).not.toHaveProperty('FifoThroughputLimit')
})

test('a FIFO queue has a FIFO dead-letter queue, and neither deduplicates by content', () => {
  const { queue, deadLetters } = workQueue('dev', { fifo: true })
  for (const { properties } of [queue, deadLetters]) {
    expect(properties.FifoQueue).toBe(true)
    expect(properties.ContentBasedDeduplication).toBe(false)
  }
  expect(workQueue('dev').queue.properties).not.toHaveProperty('FifoQueue')
})

test('a message stays hidden for six times the consumer’s timeout, and the batching window', () => {
  const hidden = (options: Options) => workQueue('dev', options).queue.properties.VisibilityTimeout
  expect(hidden({ timeout: Duration.seconds(20) })).toBe(120)
  const consumer = { batchSize: 100, maxBatchingWindow: Duration.seconds(5) }
  expect(hidden({ timeout: Duration.seconds(20), consumer })).toBe(125)
})

test('the age that fires the alarm can be set', () => {
  const alarms = ofType(workQueue('dev', { maxAge: Duration.hours(2) }).resources, 'AWS::CloudWatch::Alarm')
  const [alarm] = alarms.filter(({ properties }) => properties.MetricName === 'ApproximateAgeOfOldestMessage')
  expect(alarm?.properties.Threshold).toBe(7200)
})

describe('synth refuses', () => {
  test('a queue without a consumer', () => {
    const build = () =>
      stackOfConstructs('dev', ({ stack, stage, alarms }) => {
        new WorkQueue(stack, 'Jobs', { stage, alarms })
      })
    expect(build).toThrow('Test/Jobs has no consumer')
  })

  test('two consumers of one queue', () => {
    stackOfConstructs('dev', ({ stack, stage, alarms, fn }) => {
      const queue = new WorkQueue(stack, 'Jobs', { stage, alarms })
      queue.consume(fn('One'), LIMITS)
      expect(() => queue.consume(fn('Two'), LIMITS)).toThrow('Test/Jobs is consumed by Test/One')
    })
  })

  test.each(STAGES)('one consumer of two queues, in %s', (stage) => {
    stackOfConstructs(stage, ({ stack, alarms, fn }) => {
      const [first, second] = ['First', 'Second'].map((id) => new WorkQueue(stack, id, { stage, alarms }))
      const consumer = fn('Consumer')
      first?.consume(consumer, LIMITS)
      expect(() => second?.consume(consumer, LIMITS)).toThrow('Test/Consumer already has an event source')
      second?.consume(fn('Other'), LIMITS)
    })
  })
})
