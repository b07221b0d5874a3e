import { EventBus } from '../../lib/shared/event-bus.ts'
import { Outbox, type OutboxProps } from '../../lib/shared/outbox.ts'
import { ServiceTable } from '../../lib/shared/service-table.ts'
import type { Stage } from '../../lib/shared/settings.ts'
import { WorkQueue } from '../../lib/shared/work-queue.ts'
import { one, stackOfConstructs } from '../support/constructs.ts'
import { at, objectsIn, ofType, referenced, STAGES, stringsIn } from '../support/templates.ts'

function outbox(stage: Stage, options: Partial<OutboxProps> = {}) {
  const { resources } = stackOfConstructs(stage, ({ stack, alarms, fn }) => {
    const table = new ServiceTable(stack, 'Things', { stage, alarms, stream: true })
    const bus = new EventBus(stack, 'Events', { stage, alarms })
    new Outbox(stack, 'Outbox', { stage, alarms, table, bus, publisher: fn('Publisher'), ...options })
  })
  return {
    resources,
    table: one(resources, 'AWS::DynamoDB::Table'),
    bus: one(resources, 'AWS::Events::EventBus'),
    deadLetters: one(resources, 'AWS::SQS::Queue'),
    mapping: one(resources, 'AWS::Lambda::EventSourceMapping').properties,
    publisher: one(resources, 'AWS::Lambda::Function', 'Publisher'),
  }
}

describe.each(STAGES)('in %s', (stage) => {
  const { resources, table, bus, deadLetters, mapping, publisher } = outbox(stage)

  test('the stream has each item before and after its change, and starts with its oldest record', () => {
    expect(table.properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' })
    expect(mapping.EventSourceArn).toEqual({ 'Fn::GetAtt': [table.id, 'StreamArn'] })
    expect(mapping.StartingPosition).toBe('TRIM_HORIZON')
  })

  test('it invokes the target for this stage', () => {
    const target = stage === 'prod' ? one(resources, 'AWS::Lambda::Alias', 'Publisher') : publisher
    expect(objectsIn(mapping.FunctionName).flatMap((node) => referenced(node) ?? [])).toEqual([target.id])
  })

  test('a failing batch is halved, retried for less than the stream’s retention, and then becomes a dead letter', () => {
    expect(mapping).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 100 })
    expect(mapping.MaximumRecordAgeInSeconds).toBe(12 * 3600)
    expect(mapping.DestinationConfig).toEqual({
      OnFailure: { Destination: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } },
    })
    // The local cloud ignores partial batch failures of a stream.
    expect(mapping).not.toHaveProperty('FunctionResponseTypes')
  })

  test('only changes of items with an outbox entry invoke it', () => {
    const filters = objectsIn(at(mapping, 'FilterCriteria', 'Filters')).map(({ Pattern }) =>
      JSON.parse(String(Pattern)),
    )
    expect(filters).toEqual([{ dynamodb: { NewImage: { event: { M: { operationId: { S: [{ exists: true }] } } } } } }])
  })

  test('the publisher may read this stream, put events on this bus and set records aside, and nothing else', () => {
    const statements = objectsIn(one(resources, 'AWS::IAM::Policy', 'Publisher').properties)
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
    const grants = allowed.map(({ Action, Resource }) => [stringsIn(Action).sort(), Resource])
    const stream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((it) => `dynamodb:${it}`)
    expect(grants).toContainEqual([stream, { 'Fn::GetAtt': [table.id, 'StreamArn'] }])
    expect(grants).toContainEqual([['events:PutEvents'], { 'Fn::GetAtt': [bus.id, 'Arn'] }])
    expect(new Set(grants.flatMap(([actions]) => stringsIn(actions)))).toEqual(
      new Set([
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        ...stream,
        'events:PutEvents',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:SendMessage',
      ]),
    )
    const queues = grants.filter(([actions]) => stringsIn(actions).some((action) => action.startsWith('sqs:')))
    expect(new Set(queues.map(([, resource]) => referenced(resource)))).toEqual(new Set([deadLetters.id]))
  })

  test('the publisher finds bus and dead-letter queue in its environment', () => {
    const variables = at(publisher.properties, 'Environment', 'Variables')
    expect(referenced(at(variables, 'EVENT_BUS_NAME'))).toBe(bus.id)
    expect(referenced(at(variables, 'DEAD_LETTER_QUEUE_URL'))).toBe(deadLetters.id)
  })

  test('alarms fire when events are five minutes late, and for the first dead letter', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties)
    const [late] = alarms.filter(({ MetricName }) => MetricName === 'IteratorAge')
    expect(late).toMatchObject({ Namespace: 'AWS/Lambda', Statistic: 'Maximum', Threshold: 300_000, Period: 300 })
    expect(referenced(at(late, 'Dimensions', 0, 'Value'))).toBe(publisher.id)
    const [dead] = alarms.filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
    expect(dead).toMatchObject({ Threshold: 1 })
    expect(referenced(at(dead, 'Dimensions', 0, 'Value'))).toBe(deadLetters.id)
  })
})

test('the batch size and the concurrency of each shard can be set', () => {
  expect(outbox('dev').mapping).toMatchObject({ BatchSize: 50, ParallelizationFactor: 1 })
  expect(outbox('dev', { batchSize: 10, parallelization: 4 }).mapping).toMatchObject({
    BatchSize: 10,
    ParallelizationFactor: 4,
  })
})

test('an outbox refuses a table without a stream', () => {
  stackOfConstructs('dev', ({ stack, stage, alarms, fn }) => {
    const table = new ServiceTable(stack, 'Things', { stage, alarms })
    const bus = new EventBus(stack, 'Events', { stage, alarms })
    expect(stack.resolve(at(table.table.node.defaultChild, 'streamSpecification'))).toBeUndefined()
    const build = () => new Outbox(stack, 'Outbox', { stage, alarms, table, bus, publisher: fn('Publisher') })
    expect(build).toThrow('Test/Things has no stream: create it with { stream: true }.')
  })
})

test('a function that consumes a queue can’t be a publisher: both would share one dead-letter queue', () => {
  stackOfConstructs('dev', ({ stack, stage, alarms, fn }) => {
    const table = new ServiceTable(stack, 'Things', { stage, alarms, stream: true })
    const bus = new EventBus(stack, 'Events', { stage, alarms })
    const publisher = fn('Busy')
    new WorkQueue(stack, 'Jobs', { stage, alarms }).consume(publisher, { batchSize: 1, maxConcurrency: 2 })
    const build = () => new Outbox(stack, 'Outbox', { stage, alarms, table, bus, publisher })
    expect(build).toThrow('Test/Busy already has an event source')
  })
})
