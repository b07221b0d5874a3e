import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import { LINK_MEMORY_MS } from '../../functions/url-shortener/visit/resolve-link.ts'
import { type ReadLogPage, readGroup } from '../../tools/local-cloud/log-pages.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from '../support/cloud.ts'
import { eventually, steadily } from '../support/eventually.ts'

const STACK = 'UrlShortener'
export const sqs = new SQSClient(sdkConfig)
const eventBridge = new EventBridgeClient(sdkConfig)
const logs = new CloudWatchLogsClient(sdkConfig)

/**
 * Repeats a claim about visits until it holds in every environment: each remembers a link for 3 s, so that one may still
 * answer by an older state after another one has shown the new one. The visits of the claim must be free: a cap counts
 * each.
 */
export function everywhere<Value>(claim: () => Promise<Value>): Promise<Value> {
  return steadily(claim, { forMs: LINK_MEMORY_MS })
}

/** The name that CloudFormation gave to the only resource of a type whose logical id starts so. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const found = (await stackResources(localCloud(), STACK)).filter(
    (resource) => resource.type === type && resource.logicalId.startsWith(idStart),
  )
  if (found.length !== 1) throw new Error(`There is not one ${type} ${idStart}, but ${found.length}.`)
  return found[0]?.physicalId ?? ''
}

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
  await eventBridge.send(new PutRuleCommand({ ...rule, EventPattern }))
  const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn }]
  await eventBridge.send(new PutTargetsCommand({ Rule: name, EventBusName: rule.EventBusName, Targets }))

  // Deduplicates by id, as consumers do: an event may be delivered twice.
  const events = new Map<string, DomainEvent>()
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    for (const { Body = '', ReceiptHandle } of Messages) {
      const { source, detail, 'detail-type': detailType } = JSON.parse(Body)
      expect([source, detailType]).toEqual(['stackyard.url-shortener', detail.type])
      events.set(detail.id, detail)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  return {
    /** The events of a link in the order of their sequence, as soon as there are so many. */
    eventsOf: (code: string, count: number) =>
      eventually(async () => {
        await receive()
        const its = [...events.values()].filter(({ subject }) => subject === code)
        if (its.length < count) throw new Error(`There are only ${its.map(({ type }) => type)} of ${code}.`)
        return its.sort((a, b) => a.sequence - b.sequence)
      }),
    stop: async () => {
      const target = { Rule: name, EventBusName: rule.EventBusName, Ids: ['queue'] }
      await eventBridge.send(new RemoveTargetsCommand(target))
      await eventBridge.send(new DeleteRuleCommand(rule))
      await sqs.send(new DeleteQueueCommand({ QueueUrl }))
    },
  }
}

/** The last hour's lines of all functions that hold a text, in the order of their times. It has no spaces: an id. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in a line.
export async function linesWith(text: string): Promise<any[]> {
  const groups = (await stackResources(localCloud(), STACK)).filter(({ type }) => type === 'AWS::Logs::LogGroup')
  const linesOf = (logGroupName: string) => {
    const asked = { logGroupName, filterPattern: `"${text}"` }
    const readPage: ReadLogPage = (startTime, nextToken) =>
      logs.send(new FilterLogEventsCommand({ ...asked, startTime, nextToken }))
    return readGroup(readPage, logGroupName, Date.now() - 3_600_000)
  }
  const lines = (await Promise.all(groups.map(({ physicalId }) => linesOf(physicalId)))).flat()
  return lines
    .filter(({ message }) => message.includes(text) && message.startsWith('{'))
    .map(({ message }) => JSON.parse(message))
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
}

/** Returns the number of messages in a queue. */
export async function countOf(queue: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames }))
  return Number(Attributes?.ApproximateNumberOfMessages)
}
