import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { moveBack } from '../../../tools/redrive/move.ts'
import { type Deployed, queuesOf } from '../../../tools/redrive/redrive.ts'
import { sdkConfig } from '../../support/cloud.ts'

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const queueWith = (deadLetters: string, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { RedrivePolicy: { deadLetterTargetArn: arn(deadLetters), maxReceiveCount: 100 }, ...more },
})
const FIFO = { FifoQueue: true }

/** A dead-letter queue of each kind. The function fails on records with the field `bad`. */
const template = {
  Resources: {
    Jobs: queueWith('JobsDead'),
    JobsDead: { Type: 'AWS::SQS::Queue' },
    Ordered: queueWith('OrderedDead', FIFO),
    OrderedDead: { Type: 'AWS::SQS::Queue', Properties: FIFO },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } },
    Publisher: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: arn('Role'),
        Code: {
          ZipFile: `exports.handler = async ({ Records: [{ dynamodb }] }) => {
            if (dynamodb.NewImage.bad) throw new Error('It is bad')
          }`,
        },
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    },
    OutboxDead: { Type: 'AWS::SQS::Queue' },
    Stream: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Publisher' },
        EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
        StartingPosition: 'TRIM_HORIZON',
        DestinationConfig: { OnFailure: { Destination: arn('OutboxDead') } },
      },
    },
  },
}

const cloudFormation = new CloudFormationClient(sdkConfig)
const sqs = new SQSClient({ ...sdkConfig, useQueueUrlAsEndpoint: false })
const StackName = `redrive-${Date.now()}`
let queues: Deployed[]
let urls: Record<string, string>

beforeAll(async () => {
  const Capabilities = ['CAPABILITY_IAM' as const]
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Capabilities }))
  await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName })
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }))
  urls = Object.fromEntries(StackResources.map((it) => [it.LogicalResourceId ?? '', it.PhysicalResourceId ?? '']))
  queues = await queuesOf(StackName, sdkConfig)
})
afterAll(async () => {
  await cloudFormation.send(new DeleteStackCommand({ StackName }))
  for (const { mover } of queues) mover.close()
  for (const client of [cloudFormation, sqs]) client.destroy()
})

const send = (queue: string, MessageBody: string, more: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody, ...more }))

async function receive(queue: string): Promise<Message[]> {
  const everything = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] }
  const input = { QueueUrl: urls[queue], MaxNumberOfMessages: 10, VisibilityTimeout: 0, ...everything }
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input))
  return Messages
}

function moverOf(logicalId: string) {
  const found = queues.find((queue) => queue.logicalId === logicalId)
  if (!found) throw new Error(`${logicalId} was not found among ${queues.map((queue) => queue.logicalId).join(', ')}.`)
  return found.mover
}

test('a preview removes nothing and hides nothing', async () => {
  await send('JobsDead', 'glanced at')
  const mover = moverOf('JobsDead')
  for (let time = 0; time < 2; time++) expect((await mover.glance()).map(({ Body }) => Body)).toEqual(['glanced at'])
  expect(await mover.count()).toBe(1)
  await moveBack(mover)
  expect((await receive('Jobs')).map(({ Body }) => Body)).toEqual(['glanced at'])
})

test('dead letters go back to their queue with their original attributes', async () => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const MessageAttributes = { kind: text('check'), setAsideReason: text('bad'), setAsideId: text('1') }
  await send('JobsDead', 'with attributes', { MessageAttributes })
  expect(await moveBack(moverOf('JobsDead'))).toEqual({ moved: 1, left: [] })
  const [back] = (await receive('Jobs')).filter(({ Body }) => Body === 'with attributes')
  expect(Object.keys(back?.MessageAttributes ?? {})).toEqual(['kind'])
  expect(await receive('JobsDead')).toEqual([])
})

test('FIFO dead letters go back in their groups and their order, although the queue remembers their old ids', async () => {
  for (const body of ['1', '2', '3']) {
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: body }
    await send('Ordered', `old ${body}`, ids)
    await send('OrderedDead', body, ids)
  }
  expect(await moveBack(moverOf('OrderedDead'))).toEqual({ moved: 3, left: [] })
  const bodies = (await receive('Ordered')).map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])
  expect(bodies.slice(3)).toEqual([
    ['1', 'g'],
    ['2', 'g'],
    ['3', 'g'],
  ])
})

test('a record that an outbox set aside goes through its function again, and stays if the function fails', async () => {
  const aside = (image: object) => JSON.stringify({ keys: {}, image, sequence_number: '1', stream_record_id: 'r' })
  await send('OutboxDead', aside({ pk: { S: '1' } }))
  expect(await moveBack(moverOf('OutboxDead'))).toEqual({ moved: 1, left: [] })
  await send('OutboxDead', aside({ bad: { BOOL: true } }))
  const { moved, error } = await moveBack(moverOf('OutboxDead'))
  expect([moved, String(error)]).toEqual([0, expect.stringContaining('It is bad')])
  expect(await receive('OutboxDead')).toHaveLength(1)
})
