import { Duration } from 'aws-cdk-lib'
import { EventBus, type EventRuleProps } from '../../lib/shared/event-bus.ts'
import type { Stage } from '../../lib/shared/settings.ts'
import { WorkQueue } from '../../lib/shared/work-queue.ts'
import { one, stackOfConstructs, type Workbench } from '../support/constructs.ts'
import { at, objectsIn, ofType, referenced, STAGES } from '../support/templates.ts'

const PATTERN = { detailType: ['test.thing.made'] }

type Target = (workbench: Workbench) => EventRuleProps['target']

const aQueue: Target = ({ stack, stage, alarms, fn }) => {
  const queue = new WorkQueue(stack, 'Jobs', { stage, alarms })
  queue.consume(fn('Consumer'), { batchSize: 1, maxConcurrency: 2 })
  return queue
}
const aFunction: Target = ({ fn }) => fn('Consumer')

function eventBus(stage: Stage, target: Target, more: Partial<EventRuleProps> = {}) {
  const { resources, outputs } = stackOfConstructs(stage, (workbench) => {
    const bus = new EventBus(workbench.stack, 'Events', { stage, alarms: workbench.alarms })
    bus.rule('ThingMade', { pattern: PATTERN, target: target(workbench), ...more })
    bus.grantPut(workbench.fn('Publisher'))
  })
  const rule = one(resources, 'AWS::Events::Rule', 'EventsThingMade')
  return {
    resources,
    outputs,
    bus: one(resources, 'AWS::Events::EventBus'),
    archive: one(resources, 'AWS::Events::Archive'),
    rule,
    target: at(rule.properties, 'Targets', 0),
    deadLetters: one(resources, 'AWS::SQS::Queue', 'EventsThingMade'),
  }
}

describe.each(STAGES)('in %s', (stage) => {
  const { resources, outputs, bus, archive, rule, target, deadLetters } = eventBus(stage, aQueue)
  /** Returns the services that may send to a queue, and for which source. */
  const sendersTo = (queueId: string) =>
    ofType(resources, 'AWS::SQS::QueuePolicy')
      .filter(({ properties }) => objectsIn(properties.Queues).some((node) => referenced(node) === queueId))
      .flatMap(({ properties }) => objectsIn(properties.PolicyDocument))
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Principal, Condition }) => [Principal, Condition])

  test('the bus has a unique name in each stack, which is the output EventBusName', () => {
    expect(bus.properties.Name).toEqual({
      'Fn::Join': [
        '',
        [
          { Ref: 'AWS::StackName' },
          '-',
          {
            'Fn::Select': [
              0,
              { 'Fn::Split': ['-', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }] },
            ],
          },
        ],
      ],
    })
    expect(outputs.EventBusName).toEqual({ Ref: bus.id })
  })

  test('events are archived for a time that depends on the stage, so that they can be replayed', () => {
    expect(archive.properties).toMatchObject({
      SourceArn: { 'Fn::GetAtt': [bus.id, 'Arn'] },
      EventPattern: { account: [{ Ref: 'AWS::AccountId' }] },
      RetentionDays: stage === 'prod' ? 30 : 3,
    })
  })

  test('bus and archive are both retained in prod, and both deleted in dev', () => {
    const policies =
      stage === 'prod'
        ? { deletion: 'RetainExceptOnCreate', replacement: 'Retain' }
        : { deletion: 'Delete', replacement: 'Delete' }
    for (const resource of [bus, archive]) expect(resource.policies).toEqual(policies)
  })

  test('a publisher may put events on this bus only, and finds it in EVENT_BUS_NAME', () => {
    const grants = objectsIn(one(resources, 'AWS::IAM::Policy', 'Publisher').properties)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Action, Resource }) => [Action, Resource])
    expect(grants).toHaveLength(2)
    expect(grants).toContainEqual(['events:PutEvents', { 'Fn::GetAtt': [bus.id, 'Arn'] }])
    const { properties } = one(resources, 'AWS::Lambda::Function', 'Publisher')
    expect(at(properties, 'Environment', 'Variables', 'EVENT_BUS_NAME')).toEqual({ Ref: bus.id })
  })

  test('a rule sends whole events of its pattern to the queue, and retries for an hour', () => {
    expect(rule.properties).toMatchObject({
      EventBusName: { Ref: bus.id },
      EventPattern: { 'detail-type': ['test.thing.made'] },
      State: 'ENABLED',
    })
    expect(objectsIn(rule.properties.Targets).filter((it) => 'Arn' in it && 'Id' in it)).toHaveLength(1)
    expect(referenced(at(target, 'Arn'))).toBe(one(resources, 'AWS::SQS::Queue', 'JobsQueue').id)
    expect(target).not.toHaveProperty('InputPath')
    expect(at(target, 'RetryPolicy')).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 })
  })

  test('an undeliverable event becomes a dead letter', () => {
    expect(at(target, 'DeadLetterConfig')).toEqual({ Arn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } })
  })

  test('EventBridge may send to both queues, and only for this rule', () => {
    const forThisRule = [
      { Service: 'events.amazonaws.com' },
      { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule.id, 'Arn'] } } },
    ]
    expect(sendersTo(one(resources, 'AWS::SQS::Queue', 'JobsQueue').id)).toEqual([forThisRule])
    expect(sendersTo(deadLetters.id)).toEqual([forThisRule])
  })

  test('alarms fire for the first dead letter, and for lost events', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ id }) => id.startsWith('EventsThingMade'))
    expect(alarms.map(({ properties }) => [properties.MetricName, properties.Threshold]).sort()).toEqual([
      ['ApproximateNumberOfMessagesVisible', 1],
      ['InvocationsFailedToBeSentToDlq', 1],
    ])
    const lost = alarms.find(({ properties }) => properties.MetricName === 'InvocationsFailedToBeSentToDlq')
    // A rule's Ref is "<bus>|<rule>", which is not the dimension of any metric.
    expect(lost?.properties.Dimensions).toEqual([
      { Name: 'EventBusName', Value: { Ref: bus.id } },
      {
        Name: 'RuleName',
        Value: { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [rule.id, 'Arn'] }] }] },
      },
    ])
  })

  test('a rule may send to a function, and Lambda keeps events that the function fails to process', () => {
    const direct = eventBus(stage, aFunction)
    const type = stage === 'prod' ? 'AWS::Lambda::Alias' : 'AWS::Lambda::Function'
    const invoked = one(direct.resources, type, 'Consumer').id
    expect(referenced(at(direct.target, 'Arn'))).toBe(invoked)
    expect(at(direct.target, 'DeadLetterConfig', 'Arn')).toEqual({ 'Fn::GetAtt': [direct.deadLetters.id, 'Arn'] })
    const { properties } = one(direct.resources, 'AWS::Lambda::EventInvokeConfig')
    expect(properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [direct.deadLetters.id, 'Arn'] } } },
    })
    // For an alias it is the end of its ARN, for the function itself $LATEST.
    const qualifier = objectsIn(properties.Qualifier).flatMap((node) => referenced(node) ?? [])
    expect(stage === 'prod' ? qualifier : properties.Qualifier).toEqual(stage === 'prod' ? [invoked] : '$LATEST')
    const permission = one(direct.resources, 'AWS::Lambda::Permission')
    expect(permission.properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [direct.rule.id, 'Arn'] },
    })
  })
})

test('the maximum age of an event can be set', () => {
  const { target } = eventBus('dev', aQueue, { maxEventAge: Duration.hours(6) })
  expect(at(target, 'RetryPolicy', 'MaximumEventAgeInSeconds')).toBe(6 * 3600)
})

test('a FIFO queue is no target: it would treat equal bodies as duplicates', () => {
  const build = () =>
    eventBus('dev', ({ stack, stage, alarms }) => new WorkQueue(stack, 'Jobs', { stage, alarms, fifo: true }))
  expect(build).toThrow('Test/Jobs is a FIFO queue')
})
