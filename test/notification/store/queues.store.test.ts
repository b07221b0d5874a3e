import { randomUUID } from 'node:crypto'
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { createQueues } from '../../../functions/notification/store/queues.ts'
import { createSqs } from '../../../functions/shared/aws/sqs.ts'
import { sdkConfig, setFunctionEnvironment } from '../../support/cloud.ts'

setFunctionEnvironment()
const { signal } = new AbortController()
const client = new SQSClient(sdkConfig)
const sqs = createSqs({ now: Date.now, random: Math.random, tryMs: 20_000 })
const made: string[] = []
afterAll(async () => {
  for (const QueueUrl of made) await client.send(new DeleteQueueCommand({ QueueUrl }))
  client.destroy()
})

async function newQueue(): Promise<string> {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `test-${randomUUID()}` }))
  made.push(QueueUrl)
  return QueueUrl
}

async function given(now = Date.now) {
  const [url, deadLettersUrl] = [await newQueue(), await newQueue()]
  const queues = createQueues({ sqs, queues: { normal: { url, deadLettersUrl } }, now })
  const bury = (body: string, more = {}) =>
    client.send(new SendMessageCommand({ QueueUrl: deadLettersUrl, MessageBody: body, ...more }))
  const read = async () => {
    const input = { QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }
    return (await client.send(new ReceiveMessageCommand(input))).Messages ?? []
  }
  return { queues, bury, read }
}

test('the depths are those of the queue and of its dead letters', async () => {
  const { queues, bury } = await given()
  await bury('one')
  await bury('two')
  expect(await queues.depths(signal)).toEqual([{ name: 'normal', waiting: 0, delayed: 0, inFlight: 0, deadLetters: 2 }])
})

test('a redrive moves dead letters back as they came, and leaves none', async () => {
  const { queues, bury, read } = await given()
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  await bury('one', {
    MessageAttributes: { theirs: text('kept'), setAsideReason: text('ours'), setAsideId: text('ours') },
  })
  for (let more = 0; more < 12; more++) await bury(`more ${more}`)
  expect(await queues.redrive('normal', Date.now() + 20_000, signal)).toBe(13)
  const [first, second] = [await read(), await read()]
  const all = [...first, ...second]
  expect(all).toHaveLength(13)
  const one = all.find(({ Body }) => Body === 'one')
  expect(Object.keys(one?.MessageAttributes ?? {})).toEqual(['theirs'])
  expect((await queues.depths(signal))[0]).toMatchObject({ deadLetters: 0 })
  expect(await queues.redrive('normal', Date.now() + 20_000, signal)).toBe(0)
})

test('a redrive without time moves nothing', async () => {
  const { queues, bury } = await given()
  await bury('one')
  expect(await queues.redrive('normal', 0, signal)).toBe(0)
})
