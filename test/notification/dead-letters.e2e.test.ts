import { randomUUID } from 'node:crypto'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { sdkConfig } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { undisturbed } from '../support/undisturbed.ts'
import { queueUrl, without } from './consumers.ts'
import { aSender, type Sender } from './deployed.ts'

const sqs = new SQSClient(sdkConfig)
const [queue, deadLetters] = [queueUrl('BulkQueue'), queueUrl('BulkDeadLetters')]
afterAll(() => sqs.destroy())

/** Takes the message of a notification off a queue; messages of others go back at once. */
function take(QueueUrl: string, isOurs: (message: Message) => boolean): Promise<Message> {
  return eventually(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    const ours = Messages.find(isOurs)
    for (const { ReceiptHandle } of Messages.filter((message) => message !== ours)) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
    }
    if (!ours) throw new Error('Its message is not there.')
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: ours.ReceiptHandle }))
    return ours
  })
}

const redrive = async ({ call }: Sender) =>
  answered(200, await call('POST /v1/admin/redrive', { queue: 'bulk' })).json.moved as number

async function depthOf({ call }: Sender): Promise<number> {
  const { items } = answered(200, await call('GET /v1/admin/queues')).json
  return items.find(({ name }: { name: string }) => name === 'bulk').deadLetters
}

test('a notification whose message became a dead letter is kept, and sent once when it is redriven', () =>
  undisturbed(isRedriven))

async function isRedriven() {
  const sender = await aSender()
  await sender.category({ onUncertain: 'drop' })
  const to = `${randomUUID()}@example.com`
  let id = ''
  await without('DeliverBulk', async () => {
    id = await sender.send({ to: { email: to }, priority: 'bulk' })
    const { Body } = await take(queue, (message) => message.Body?.includes(id) ?? false)
    await sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: Body }))
  })
  expect(await sender.outbox(to)).toEqual([])
  expect(await depthOf(sender)).toBeGreaterThan(0)
  expect(await redrive(sender)).toBeGreaterThan(0)
  await sender.until(id, 'delivered')
  expect(await sender.outbox(to)).toHaveLength(1)
}

test('a message that no worker can use is set aside at once, and again when it is redriven', async () => {
  const sender = await aSender()
  const poison = randomUUID()
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify({ poison }) }))
  await eventually(async () => expect(await depthOf(sender)).toBeGreaterThan(0))
  expect(await redrive(sender)).toBeGreaterThan(0)
  const { Body } = await take(deadLetters, (message) => message.Body?.includes(poison) ?? false)
  expect(Body).toContain(poison)
})
