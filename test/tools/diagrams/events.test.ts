import { arnOf, BUS, edgesOf, FUNCTION, linesOf, QUEUE, resource, TABLE } from './drawn.ts'

test('a rule delivers events from its bus to its targets, and undeliverable ones to its dead-letter queue', () => {
  const target = (id: string) => ({ Id: id, Arn: arnOf(id), DeadLetterConfig: { Arn: arnOf('Dead') } })
  const rule = (detailType: unknown[], target: object) =>
    resource('AWS::Events::Rule', {
      EventBusName: { Ref: 'Messages' },
      EventPattern: { 'detail-type': detailType },
      Targets: [target],
    })
  const edges = edgesOf({
    Messages: BUS,
    Jobs: QUEUE,
    Audit: FUNCTION,
    Dead: QUEUE,
    ToJobs: rule(['MessageSent', 'MessageEdited'], target('Jobs')),
    ToJobsToo: rule(['MessageDeleted'], target('Jobs')),
    ToAudit: rule([{ prefix: 'Message' }], target('Audit')),
  })
  expect(edges).toEqual([
    'Messages -->|"MessageSent<br/>MessageEdited<br/>MessageDeleted"| Jobs',
    'Messages -.->|"undelivered"| Dead',
    'Messages -->|"prefix Message"| Audit',
  ])
})

test('a rule without a bus uses the default one, and one that matches a source shows the source', () => {
  const lines = linesOf({
    Audit: FUNCTION,
    Rule: resource('AWS::Events::Rule', { EventPattern: { source: ['aws.s3'] }, Targets: [{ Arn: arnOf('Audit') }] }),
  })
  expect(lines).toContain('Default{{"default<br/>event bus"}}')
  expect(lines).toContain('Default -->|"aws.s3"| Audit')
})

test('a rule may forward to a bus of another account', () => {
  const Arn = 'arn:aws:events:us-east-1:111122223333:event-bus/Theirs'
  const rule = { EventBusName: { Ref: 'Ours' }, EventPattern: { source: ['chat'] }, Targets: [{ Arn }] }
  expect(edgesOf({ Ours: BUS, Rule: resource('AWS::Events::Rule', rule) })).toEqual(['Ours -->|"chat"| Theirs'])
})

test('an archive keeps the events of its bus', () => {
  const archive = (RetentionDays?: number) =>
    edgesOf({ Messages: BUS, Kept: resource('AWS::Events::Archive', { SourceArn: arnOf('Messages'), RetentionDays }) })
  expect(archive(7)).toEqual(['Messages -.->|"keeps 7 days"| Kept'])
  expect(archive()).toEqual(['Messages -.->|"keeps all"| Kept'])
})

test('schedules, of rules and of the Scheduler, are drawn with their dead letters', () => {
  const lines = linesOf({
    Sweep: FUNCTION,
    Dead: QUEUE,
    Rule: resource('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)', Targets: [{ Arn: arnOf('Sweep') }] }),
    Nightly: resource('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      Target: { Arn: arnOf('Sweep'), DeadLetterConfig: { Arn: arnOf('Dead') } },
    }),
  })
  expect(lines.slice(3)).toEqual([
    'Rate5Minutes(["rate(5 minutes)<br/>schedule"])',
    'Cron03(["cron(0 3 #42; #42; ? #42;)<br/>schedule"])',
    'Rate5Minutes --> Sweep',
    'Cron03 --> Sweep',
    'Cron03 -.->|"undelivered"| Dead',
  ])
})

test('a pipe goes from its source through the enrichment to its target', () => {
  const edges = edgesOf({
    Rooms: TABLE,
    Enrich: FUNCTION,
    Messages: BUS,
    Dead: QUEUE,
    Pipe: resource('AWS::Pipes::Pipe', {
      Source: { 'Fn::GetAtt': ['Rooms', 'StreamArn'] },
      Enrichment: arnOf('Enrich'),
      Target: arnOf('Messages'),
      SourceParameters: { DynamoDBStreamParameters: { DeadLetterConfig: { Arn: arnOf('Dead') } } },
    }),
  })
  expect(edges).toEqual(['Rooms -->|"pipe"| Enrich', 'Enrich -->|"pipe"| Messages', 'Rooms -.->|"given up"| Dead'])
})
