import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { createJsonCall } from '../../functions/shared/aws/json-call.ts'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from '../support/cloud.ts'

const STACK = 'UrlShortener'
export const sqs = new SQSClient(sdkConfig)
const logs = new CloudWatchLogsClient(sdkConfig)

/** What the tests wait for at most, in ms: a chain of four functions that may all be cold, on a busy machine. */
export const DEADLINE = 45_000

/** Asks until the answer is good, and gives the last one. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
  deadlineMs = DEADLINE,
): Promise<Answer> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (isGood(answer) || Date.now() > end) return answer
    await delay(100)
  }
}

/** The name that CloudFormation gave to the only resource of a type whose logical id starts so. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const found = (await stackResources(localCloud(), STACK)).filter(
    (resource) => resource.type === type && resource.logicalId.startsWith(idStart),
  )
  if (found.length !== 1) throw new Error(`There is not one ${type} ${idStart}, but ${found.length}.`)
  return found[0]?.physicalId ?? ''
}

/** EventBridge has no client among the project's packages: this is the functions' own. */
const eventBridge = createJsonCall({
  service: { name: 'events', target: 'AWSEvents', version: '1.1' },
  urlSuffix: 'amazonaws.com',
  now: Date.now,
  ...sdkConfig,
})

function busName(): string {
  const { directory } = localCloud()
  return JSON.parse(readFileSync(join(directory, 'outputs.json'), 'utf8')).stacks[STACK].EventBusName
}

/** Puts a consumer of all events on the deployed bus, as another system would; `stop` takes it away. */
export async function listen() {
  const name = `test-${Math.random().toString(36).slice(2)}`
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })
  const { Attributes } = await sqs.send(asked)
  const rule = { Name: name, EventBusName: busName() }
  const EventPattern = JSON.stringify({ source: ['stackyard.url-shortener'] })
  await eventBridge('PutRule', { ...rule, EventPattern })
  await eventBridge('PutTargets', {
    Rule: name,
    EventBusName: rule.EventBusName,
    Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }],
  })

  const events: DomainEvent[] = []
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    for (const { Body = '', ReceiptHandle } of Messages) {
      const { source, detail, 'detail-type': detailType } = JSON.parse(Body)
      expect([source, detailType]).toEqual(['stackyard.url-shortener', detail.type])
      events.push(detail)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  return {
    /** The events of a link in the order of their sequence, as soon as there are so many. */
    eventsOf: (code: string, count: number) => {
      const its = () => events.filter(({ subject }) => subject === code).sort((a, b) => a.sequence - b.sequence)
      const ask = async () => {
        await receive()
        return its()
      }
      return until(ask, (found) => found.length >= count)
    },
    stop: async () => {
      await eventBridge('RemoveTargets', { Rule: name, EventBusName: rule.EventBusName, Ids: ['queue'] })
      await eventBridge('DeleteRule', rule)
      await sqs.send(new DeleteQueueCommand({ QueueUrl }))
    },
  }
}

/** The last hour's lines of all functions that hold a text. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in a line.
export async function linesWith(text: string): Promise<any[]> {
  const groups = (await stackResources(localCloud(), STACK)).filter(({ type }) => type === 'AWS::Logs::LogGroup')
  const pages = await Promise.all(
    groups.map(({ physicalId }) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: physicalId, startTime: Date.now() - 3_600_000 })),
    ),
  )
  return pages
    .flatMap(({ events = [] }) => events.map(({ message = '' }) => message))
    .filter((message) => message.includes(text) && message.startsWith('{'))
    .map((message) => JSON.parse(message))
}

/** How many messages wait in a queue. */
export async function countOf(queue: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames }))
  return Number(Attributes?.ApproximateNumberOfMessages)
}
