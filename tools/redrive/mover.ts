import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { UserError } from '../support/user-error.ts'
import type { Origin } from './dead-letters.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import type { Mover } from './move.ts'

/** The time for which messages stay hidden from others while they are moved. */
const HIDDEN_SECONDS = 120
const WAIT_SECONDS = 1

export interface MoverOptions {
  /** Options of the SDK; empty for AWS with its default credentials. */
  config: LambdaClientConfig
  queueUrl: string
  origin: Origin
  /** The origin's queue (a URL) or function (a name or ARN). */
  physicalId: string
}

/** Implements `moveBack`'s operations with SQS and Lambda, and a preview of the messages. Close it after use. */
export interface SdkMover extends Mover {
  glance: () => Promise<Message[]>
  close: () => void
}

export function sdkMover({ config, queueUrl: QueueUrl, origin, physicalId }: MoverOptions): SdkMover {
  // A local cloud's queue URLs name a host that does not resolve on every machine.
  const sqs = new SQSClient({ ...(config as object), ...(config.endpoint && { useQueueUrlAsEndpoint: false }) })
  const lambda = new LambdaClient(config)
  const everything = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] }

  const receive = async (limit: number, VisibilityTimeout: number) => {
    const input = { QueueUrl, MaxNumberOfMessages: limit, VisibilityTimeout, WaitTimeSeconds: WAIT_SECONDS }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...input, ...everything }))
    return Messages
  }
  return {
    count: async () => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const]
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0)
    },
    glance: () => receive(10, 0),
    receive: (limit) => receive(limit, HIDDEN_SECONDS),
    plan: (message) => deliveryOf(origin, message),
    deliver: async (delivery) => {
      if (delivery.kind === 'send')
        await sqs.send(new SendMessageCommand({ QueueUrl: physicalId, ...delivery.message }))
      else await invoke(lambda, physicalId, delivery)
    },
    remove: async ({ ReceiptHandle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    },
    release: async ({ ReceiptHandle }) => {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
    },
    close: () => {
      for (const client of [sqs, lambda]) client.destroy()
    },
  }
}

async function invoke(
  lambda: LambdaClient,
  FunctionName: string,
  { payload, asynchronous }: Extract<Delivery, { kind: 'invoke' }>,
): Promise<void> {
  const InvocationType = asynchronous ? 'Event' : 'RequestResponse'
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(payload) }),
  )
  if (FunctionError) throw new UserError(`the function failed: ${Payload?.transformToString()}`)
}
