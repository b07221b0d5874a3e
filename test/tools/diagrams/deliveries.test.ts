import { arnOf, edgesOf, FUNCTION, linesOf, QUEUE, resource, TABLE, TOPIC } from './drawn.ts'

/** The role of `FUNCTION`, with its permissions. */
const roleWith = (...statements: [string, object][]) => {
  const Statement = statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }))
  return { Role: resource('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement } }] }) }
}

test('a queue delivers messages to its consumer, and those that failed too often to its dead-letter queue', () => {
  const edges = edgesOf({
    Jobs: resource('AWS::SQS::Queue', { RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 } }),
    Dead: QUEUE,
    Worker: FUNCTION,
    Mapping: resource('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('Jobs'),
      FunctionName: { Ref: 'Worker' },
      ScalingConfig: { MaximumConcurrency: 5 },
    }),
    ...roleWith(
      ['sqs:ReceiveMessage', arnOf('Jobs')],
      ['sqs:DeleteMessage', arnOf('Jobs')],
      ['sqs:GetQueueUrl', arnOf('Jobs')],
      ['sqs:SendMessage', arnOf('Jobs')],
    ),
  })
  expect(edges).toEqual(['Jobs --> Worker', 'Jobs -.->|"after 3 tries"| Dead', 'Worker -->|"SendMessage"| Jobs'])
})

test('a message may become a dead letter after one try', () => {
  const RedrivePolicy = { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 1 }
  expect(edgesOf({ Jobs: resource('AWS::SQS::Queue', { RedrivePolicy }), Dead: QUEUE })).toEqual([
    'Jobs -.->|"after 1 try"| Dead',
  ])
})

test('a function that polls a queue in its own code is drawn as the caller', () => {
  const edges = edgesOf({ Jobs: QUEUE, Worker: FUNCTION, ...roleWith(['sqs:ReceiveMessage', arnOf('Jobs')]) })
  expect(edges).toEqual(['Worker -->|"ReceiveMessage"| Jobs'])
})

test('a table’s stream goes to a function, and failed records go to a queue', () => {
  const edges = edgesOf({
    Rooms: TABLE,
    Failed: QUEUE,
    Outbox: FUNCTION,
    Mapping: resource('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['Rooms', 'StreamArn'] },
      FunctionName: { Ref: 'Outbox' },
      DestinationConfig: { OnFailure: { Destination: arnOf('Failed') } },
    }),
    ...roleWith(
      ['dynamodb:GetRecords', { 'Fn::GetAtt': ['Rooms', 'StreamArn'] }],
      ['dynamodb:UpdateItem', arnOf('Rooms')],
      ['sqs:SendMessage', arnOf('Failed')],
    ),
  })
  expect(edges).toEqual([
    'Rooms -->|"stream"| Outbox',
    'Outbox -.->|"given up"| Failed',
    'Outbox -->|"UpdateItem"| Rooms',
  ])
})

test('a topic is drawn when it carries more than alarms', () => {
  const subscription = resource('AWS::SNS::Subscription', {
    TopicArn: { Ref: 'News' },
    Endpoint: arnOf('Jobs'),
    RedrivePolicy: { deadLetterTargetArn: arnOf('Dead') },
  })
  const lines = linesOf({ Alarms: TOPIC, News: TOPIC, Jobs: QUEUE, Dead: QUEUE, Subscription: subscription })
  expect(lines.filter((line) => line.includes('topic'))).toEqual(['News{{"News<br/>SNS topic"}}'])
  expect(lines.slice(-2)).toEqual(['News --> Jobs', 'News -.->|"undelivered"| Dead'])
})

test('notifications of a bucket are drawn, in CloudFormation’s form and the CDK’s; its helper functions are left out', () => {
  const expected = ['Uploads -->|"ObjectCreated"| Resize']
  const LambdaConfigurations = [{ Event: 's3:ObjectCreated:*', Function: arnOf('Resize') }]
  const own = resource('AWS::S3::Bucket', { NotificationConfiguration: { LambdaConfigurations } })
  expect(edgesOf({ Uploads: own, Resize: FUNCTION })).toEqual(expected)

  const lines = linesOf({
    Uploads: resource('AWS::S3::Bucket'),
    Resize: FUNCTION,
    Helper: FUNCTION,
    Notifications: resource('Custom::S3BucketNotifications', {
      ServiceToken: arnOf('Helper'),
      BucketName: { Ref: 'Uploads' },
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [{ Events: ['s3:ObjectCreated:*'], LambdaFunctionArn: arnOf('Resize') }],
      },
    }),
  })
  expect(lines.slice(-1)).toEqual(expected)
  expect(lines.join()).not.toContain('Helper')
})

test('a function’s own dead letters and destinations are drawn', () => {
  const edges = edgesOf({
    Job: resource('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: arnOf('Dead') } }),
    Dead: QUEUE,
    Done: QUEUE,
    Config: resource('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: 'Job' },
      DestinationConfig: { OnSuccess: { Destination: arnOf('Done') } },
    }),
  })
  expect(edges).toEqual(['Job -.->|"given up"| Dead', 'Job -->|"result"| Done'])
})

test('a user pool has users and triggers, with a version or without', () => {
  const edges = edgesOf({
    Users: resource('AWS::Cognito::UserPool', {
      LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: arnOf('Trigger') }, PostConfirmation: arnOf('Trigger') },
    }),
    Trigger: FUNCTION,
    Client: resource('AWS::Cognito::UserPoolClient', { UserPoolId: { Ref: 'Users' } }),
    Machine: resource('AWS::Cognito::UserPoolClient', {
      UserPoolId: { Ref: 'Users' },
      AllowedOAuthFlows: ['client_credentials'],
    }),
  })
  expect(edges).toEqual([
    'User -->|"signs in"| Users',
    'Program -->|"client credentials"| Users',
    'Users -->|"pre token generation<br/>post confirmation"| Trigger',
  ])
})
