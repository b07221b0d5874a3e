import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
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
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from './cloud.ts'
import { eventually, type Patience } from './eventually.ts'

const sqs = new SQSClient(sdkConfig)
const eventBridge = new EventBridgeClient(sdkConfig)

function busName(stack: string): string {
  const { directory } = localCloud()
  return JSON.parse(readFileSync(join(directory, 'outputs.json'), 'utf8')).stacks[stack].EventBusName
}

/** The queue's policy, without which AWS delivers no event to it. The local cloud asks for none, IAM enforced or not. */
function lettingIn({ RuleArn, QueueArn }: { RuleArn: string; QueueArn: string }): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  }
}

/** Puts an event on the deployed bus of a stack, as another system would. */
export async function putEvent(stack: string, { type, ...detail }: { type: string; tenant: string } & object) {
  const Entry = { EventBusName: busName(stack), Source: 'test', DetailType: type, Detail: JSON.stringify(detail) }
  const { FailedEntryCount } = await eventBridge.send(new PutEventsCommand({ Entries: [Entry] }))
  expect(FailedEntryCount).toBe(0)
}

/** Puts a consumer of all events on the deployed bus of a stack, as another system would; `stop` takes it away. */
export async function listenTo({ stack, source }: { stack: string; source: string }) {
  const name = `test-${Math.random().toString(36).slice(2)}`
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })
  const { QueueArn = '' } = (await sqs.send(asked)).Attributes ?? {}
  const rule = { Name: name, EventBusName: busName(stack) }
  const EventPattern = JSON.stringify({ source: [source] })
  const { RuleArn = '' } = await eventBridge.send(new PutRuleCommand({ ...rule, EventPattern }))
  const Policy = JSON.stringify(lettingIn({ RuleArn, QueueArn }))
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  const Targets = [{ Id: 'queue', Arn: QueueArn }]
  await eventBridge.send(new PutTargetsCommand({ Rule: name, EventBusName: rule.EventBusName, Targets }))

  // By their ids: an event may be delivered twice, and a consumer takes it once.
  const events = new Map<string, DomainEvent>()
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    for (const { Body = '', ReceiptHandle } of Messages) {
      const { source: from, detail, 'detail-type': detailType } = JSON.parse(Body)
      expect([from, detailType]).toEqual([source, detail.type])
      events.set(detail.id, detail)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  return {
    /** The events of a subject in the order of their sequence, as soon as there are so many. */
    eventsOf: (subject: string, count: number, patience: Patience = {}) =>
      eventually(async () => {
        await receive()
        const its = [...events.values()].filter((event) => event.subject === subject)
        if (its.length < count) throw new Error(`There are only ${its.map(({ type }) => type)} of ${subject}.`)
        return its.sort((a, b) => a.sequence - b.sequence)
      }, patience),
    stop: async () => {
      const target = { Rule: name, EventBusName: rule.EventBusName, Ids: ['queue'] }
      await eventBridge.send(new RemoveTargetsCommand(target))
      await eventBridge.send(new DeleteRuleCommand(rule))
      await sqs.send(new DeleteQueueCommand({ QueueUrl }))
    },
  }
}
