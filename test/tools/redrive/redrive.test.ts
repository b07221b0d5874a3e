import type { Message } from '@aws-sdk/client-sqs'
import type { Template } from '../../../tools/local-cloud/template.ts'
import { deadLettersOf, named, type Origin } from '../../../tools/redrive/dead-letters.ts'
import { type Delivery, deliveryOf } from '../../../tools/redrive/delivery.ts'
import { type Mover, moveBack } from '../../../tools/redrive/move.ts'
import { redrive } from '../../../tools/redrive/redrive.ts'

describe('the dead-letter queues of a stack', () => {
  const queue = (path: string, more: object = {}) => ({
    Type: 'AWS::SQS::Queue',
    Metadata: { 'aws:cdk:path': path },
    Properties: more,
  })
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
  const template = (Resources: object) => ({ Resources }) as Template

  test('are those that a queue, a rule or a stream’s mapping refers to, with their origin', () => {
    const found = deadLettersOf(
      'App',
      template({
        Jobs: queue('App/Jobs/Queue/Resource', { RedrivePolicy: { deadLetterTargetArn: arn('JobsDead') } }),
        JobsDead: queue('App/Jobs/DeadLetters/Queue/Resource'),
        RuleDead: queue('App/Events/Made/DeadLetters/Queue/Resource'),
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { Targets: [{ Arn: arn('Jobs'), DeadLetterConfig: { Arn: arn('RuleDead') } }] },
        },
        OtherDead: queue('App/Events/Gone/DeadLetters/Queue/Resource'),
        Other: {
          Type: 'AWS::Events::Rule',
          Properties: { Targets: [{ Arn: { Ref: 'Live' }, DeadLetterConfig: { Arn: arn('OtherDead') } }] },
        },
        Live: { Type: 'AWS::Lambda::Alias' },
        OutboxDead: queue('App/Outbox/DeadLetters/Queue/Resource'),
        Stream: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: {
              'Fn::Join': ['', [{ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'Live' }] }] }, ':live']],
            },
            DestinationConfig: { OnFailure: { Destination: arn('OutboxDead') } },
          },
        },
      }),
    )
    expect(found.map(({ name, logicalId, origin }) => [name, logicalId, origin])).toEqual([
      ['App/Jobs', 'JobsDead', { kind: 'queue', queue: 'Jobs' }],
      ['App/Events/Made', 'RuleDead', { kind: 'rule-to-queue', queue: 'Jobs' }],
      ['App/Events/Gone', 'OtherDead', { kind: 'rule-to-function', function: 'Live' }],
      ['App/Outbox', 'OutboxDead', { kind: 'outbox', function: 'Live' }],
    ])
  })

  test('are named by their logical id if the CDK wrote no path', () => {
    const jobs = { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: { deadLetterTargetArn: arn('Dead') } } }
    const [found] = deadLettersOf('App', template({ Jobs: jobs, Dead: { Type: 'AWS::SQS::Queue' } }))
    expect(found?.name).toBe('App/Dead')
  })

  test('are found by the end of their name, preferring an exact match', () => {
    const rest = { stack: 'App', logicalId: 'Dead', origin: { kind: 'queue', queue: 'Queue' } } as const
    const all = ['App/Jobs', 'App/Events/Jobs', 'Other/Checks'].map((name) => ({ ...rest, name }))
    const find = (wanted: string) => named(all, wanted).map(({ name }) => name)
    expect(find('checks')).toEqual(['Other/Checks'])
    expect(find('events/jobs')).toEqual(['App/Events/Jobs'])
    expect(find('Jobs')).toEqual(['App/Jobs', 'App/Events/Jobs'])
    expect(find('App/Jobs')).toEqual(['App/Jobs'])
    expect(find('obs')).toEqual([])
  })
})

describe('a dead letter goes back', () => {
  const QUEUE: Origin = { kind: 'queue', queue: 'Jobs' }
  const TO_FUNCTION: Origin = { kind: 'rule-to-function', function: 'Consumer' }
  const OUTBOX: Origin = { kind: 'outbox', function: 'Publisher' }
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const event = { id: '1', 'detail-type': 'app.thing.made', detail: { id: 'e1' } }

  test('to its queue as it was received, without the attributes that were added when it was set aside', () => {
    const MessageAttributes = { setAsideReason: text('bad'), setAsideId: text('m1'), kind: text('check') }
    expect(deliveryOf(QUEUE, { MessageId: 'm1', Body: 'body', MessageAttributes })).toEqual({
      kind: 'send',
      message: { MessageBody: 'body', MessageAttributes: { kind: text('check') } },
    })
  })

  test('to a FIFO queue in its group, with a new deduplication id', () => {
    const Attributes = { MessageGroupId: 'g1', MessageDeduplicationId: 'd1' }
    expect(deliveryOf(QUEUE, { MessageId: 'm1', Body: 'body', Attributes })).toEqual({
      kind: 'send',
      message: { MessageBody: 'body', MessageGroupId: 'g1', MessageDeduplicationId: 'redrive-m1' },
    })
  })

  test('to a rule’s queue as the event, without EventBridge’s attributes about the failure', () => {
    const MessageAttributes = { ERROR_CODE: text('NO_PERMISSIONS'), RULE_ARN: text('arn') }
    const message = { Body: JSON.stringify(event), MessageAttributes }
    expect(deliveryOf({ kind: 'rule-to-queue', queue: 'Jobs' }, message)).toEqual({
      kind: 'send',
      message: { MessageBody: JSON.stringify(event) },
    })
  })

  test.each([
    ['that EventBridge could not deliver', event],
    ['that the function failed', { version: '1.0', requestContext: {}, requestPayload: event, responsePayload: {} }],
  ])('to a rule’s function, as an event %s', (_, body) => {
    expect(deliveryOf(TO_FUNCTION, { Body: JSON.stringify(body) })).toEqual({
      kind: 'invoke',
      payload: event,
      asynchronous: true,
    })
  })

  test('to an outbox as the original record of the stream, whose entry counts as new', () => {
    const image = { pk: { S: 'L#1' }, event: { M: { operationId: { S: 'e1' } } } }
    const body = { reason: 'too big', stream_record_id: 'r1', sequence_number: '42', keys: { pk: { S: 'L#1' } }, image }
    expect(deliveryOf(OUTBOX, { Body: JSON.stringify(body) })).toEqual({
      kind: 'invoke',
      asynchronous: false,
      payload: {
        Records: [
          {
            eventID: 'r1',
            eventName: 'MODIFY',
            eventSource: 'aws:dynamodb',
            dynamodb: { Keys: { pk: { S: 'L#1' } }, NewImage: image, SequenceNumber: '42' },
          },
        ],
      },
    })
  })

  test.each<[string, Origin, string, string]>([
    [
      'a pointer to records of a stream',
      OUTBOX,
      '{"DDBStreamBatchInfo":{"batchSize":3}}',
      'only refers to records of the stream',
    ],
    ['keys without an image', OUTBOX, '{"keys":{},"image":null}', 'no image'],
    ['not JSON', OUTBOX, 'oops', 'no image'],
    ['not an event', TO_FUNCTION, 'oops', 'no event'],
  ])('not at all if it is %s, and says why', (...[, origin, Body, reason]) => {
    expect(deliveryOf(origin, { Body })).toEqual({ kind: 'leave', reason: expect.stringContaining(reason) })
  })
})

describe('moving them back', () => {
  const messages = (count: number): Message[] => Array.from({ length: count }, (_, n) => ({ MessageId: `m${n + 1}` }))

  /** A dead-letter queue and the destination of its messages, in memory. */
  function fakeMover(waiting: Message[], more: Partial<Mover> = {}) {
    const there = [...waiting]
    const hidden = new Set<Message>()
    const log: string[] = []
    const mover: Mover = {
      count: async () => waiting.length,
      receive: async (limit) => {
        if (limit < 1 || limit > 10) throw new Error(`SQS returns 1 to 10 messages, and not ${limit}.`)
        const batch = there.filter((message) => !hidden.has(message)).slice(0, limit)
        for (const message of batch) hidden.add(message)
        return batch
      },
      plan: ({ MessageId }) => ({ kind: 'send', message: { MessageBody: String(MessageId) } }),
      deliver: async (delivery) => {
        log.push(`deliver ${delivery.kind === 'send' ? delivery.message.MessageBody : ''}`)
      },
      remove: async (message) => {
        log.push(`remove ${message.MessageId}`)
        there.splice(there.indexOf(message), 1)
      },
      release: async (message) => {
        log.push(`release ${message.MessageId}`)
        hidden.delete(message)
      },
      ...more,
    }
    return { mover, log, there }
  }

  test('removes each only after its delivery', async () => {
    const { mover, log } = fakeMover(messages(2))
    expect(await moveBack(mover)).toEqual({ moved: 2, left: [] })
    expect(log).toEqual(['deliver m1', 'remove m1', 'deliver m2', 'remove m2'])
  })

  test('moves all of them, ten at a time', async () => {
    const { mover, there } = fakeMover(messages(23))
    expect(await moveBack(mover)).toMatchObject({ moved: 23 })
    expect(there).toEqual([])
  })

  test('stops after the initial number of messages, even if each fails again at once', async () => {
    const { mover, there } = fakeMover(messages(12))
    const remove = mover.remove
    mover.remove = async (message) => {
      await remove(message)
      there.push({ MessageId: `${message.MessageId} again` })
    }
    expect(await moveBack(mover)).toMatchObject({ moved: 12 })
    expect(there).toHaveLength(12)
  })

  test('stops if there are fewer than SQS reported, but not at the first empty answer', async () => {
    let answers = 0
    const { mover } = fakeMover(messages(1), { count: async () => 5 })
    const receive = mover.receive
    mover.receive = async (limit) => (++answers === 1 ? [] : receive(limit))
    expect(await moveBack(mover)).toMatchObject({ moved: 1 })
    expect(answers).toBe(4)
  })

  test('stops at the first that can’t be delivered, and releases it and those behind it', async () => {
    const failure = new Error('unreachable')
    const { mover, log, there } = fakeMover(messages(3))
    const deliver = mover.deliver
    mover.deliver = async (delivery) => {
      if (log.includes('remove m1')) throw failure
      await deliver(delivery)
    }
    expect(await moveBack(mover)).toEqual({ moved: 1, left: [], error: failure })
    expect(log).toEqual(['deliver m1', 'remove m1', 'release m2', 'release m3'])
    expect(there.map(({ MessageId }) => MessageId)).toEqual(['m2', 'm3'])
  })

  test('skips messages that can’t be moved, gives the reason, and releases them', async () => {
    const plan = ({ MessageId }: Message): Delivery =>
      MessageId === 'm1'
        ? { kind: 'leave', reason: 'by hand' }
        : { kind: 'send', message: { MessageBody: String(MessageId) } }
    const { mover, log } = fakeMover(messages(2), { plan })
    expect(await moveBack(mover)).toEqual({ moved: 1, left: [{ id: 'm1', reason: 'by hand' }] })
    expect(log).toEqual(['deliver m2', 'remove m2', 'release m1'])
  })

  test('reports its progress if a delivered message can’t be removed', async () => {
    const failure = new Error('refused')
    const { mover } = fakeMover(messages(1), { remove: () => Promise.reject(failure) })
    expect(await moveBack(mover)).toEqual({ moved: 0, left: [], error: failure })
  })
})

describe('the command rejects', () => {
  test.each([
    [['Checks', '--aws'], 'With --aws, name the stack too'],
    [['Checks', 'Others'], 'Name one queue only.'],
    [['--all'], "Unknown option '--all'"],
  ])('%j', async (args, message) => {
    await expect(redrive(args)).rejects.toThrow(message)
    await expect(redrive(args)).rejects.toThrow('npm run redrive -- <Stack>/<Queue>')
  })
})
