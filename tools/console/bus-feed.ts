import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import type { BusEvent } from '../../console/shared/wire.ts'
import { readOutputs } from '../local-cloud/outputs.ts'
import { ACCOUNT, clientConfig, type LocalCloud } from '../support/settings.ts'

/** The name of the feed's queue, of its rule on each bus, and of the rule's target. */
const NAME = 'stackyard-console'
const WAIT_SECONDS = 2
/** Seconds that an event waits for a page: nobody looks at older ones. */
const RETENTION_SECONDS = '60'

/** The events of all buses, by a rule on each that this tool adds beside the stacks. */
export interface BusFeed {
  /** Adds the rules to buses that have none yet. */
  open: () => Promise<void>
  /** Returns the events that came since the last call; waits a moment if there are none. */
  next: (signal: AbortSignal) => Promise<BusEvent[]>
  /** Takes the rules away. */
  close: () => Promise<void>
}

export function busFeed(cloud: LocalCloud): BusFeed {
  const sqs = new SQSClient({ ...clientConfig(cloud), useQueueUrlAsEndpoint: false })
  const events = new EventBridgeClient(clientConfig(cloud))
  /** The stacks whose bus has the rule, by the name of the bus. */
  const buses = new Map<string, string>()
  let queueUrl: string | undefined

  const addRule = async (EventBusName: string, Arn: string) => {
    const EventPattern = JSON.stringify({ account: [ACCOUNT] })
    await events.send(new PutRuleCommand({ Name: NAME, EventBusName, EventPattern }))
    await events.send(new PutTargetsCommand({ Rule: NAME, EventBusName, Targets: [{ Id: NAME, Arn }] }))
  }
  const queue = async (): Promise<{ url: string; arn: string }> => {
    const Attributes = { MessageRetentionPeriod: RETENTION_SECONDS }
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: NAME, Attributes }))
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] })
    return { url, arn: (await sqs.send(asked)).Attributes?.QueueArn ?? '' }
  }
  return {
    async open() {
      const { stacks } = await readOutputs(cloud)
      const found = Object.entries(stacks).flatMap(([stack, { EventBusName: bus }]) => (bus ? [{ stack, bus }] : []))
      const { url, arn } = await queue()
      queueUrl = url
      for (const { stack, bus } of found.filter((each) => !buses.has(each.bus))) {
        await addRule(bus, arn)
        buses.set(bus, stack)
      }
    },
    async next(signal) {
      const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request), { abortSignal: signal })
      if (Messages.length === 0) return []
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
      return Messages.flatMap(toBusEvent)
    },
    async close() {
      for (const EventBusName of buses.keys()) {
        await events.send(new RemoveTargetsCommand({ Rule: NAME, EventBusName, Ids: [NAME] }))
        await events.send(new DeleteRuleCommand({ Name: NAME, EventBusName }))
      }
      buses.clear()
    },
  }
}

const text = z.string()

const message = z.object({
  source: text,
  detail: z.object({
    id: text,
    type: text,
    time: text,
    tenant: text,
    subject: text,
    correlationId: text,
    traceparent: text,
    data: z.unknown(),
  }),
})

/** Reads an event in its envelope; anything else that somebody puts on a bus is left out. */
export function toBusEvent({ Body = '' }: Pick<Message, 'Body'>): BusEvent[] {
  const parsed = message.safeParse(parseJson(Body))
  return parsed.success ? [{ ...parsed.data.detail, source: parsed.data.source }] : []
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
