import type { SendMessageRequest } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../../functions/shared/aws/sqs.ts'
import { createSetAside, toAside } from '../../../functions/shared/queue/set-aside.ts'
import { fakeClient } from '../../support/fake-dynamodb.ts'
import { unavailable } from '../events/faults.ts'
import { toRecord } from './queue-model.ts'

const { signal } = new AbortController()
const URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters'

function queue(url = URL) {
  const sent: SendMessageRequest[] = []
  const sqs = fakeClient<Sqs>(async (_operation, input: SendMessageRequest) => {
    sent.push(input)
    return {}
  })
  return { sent, setAside: createSetAside(sqs, url) }
}

test('a message is sent as it came, with the reason and its id', async () => {
  const { sent, setAside } = queue()
  const attributes = { kind: { DataType: 'String', StringValue: 'order' } }
  await setAside({ id: 'message-1', body: 'the body', reason: 'It is odd', attributes, groupId: 'a' }, signal)
  expect(sent).toEqual([
    {
      QueueUrl: URL,
      MessageBody: 'the body',
      MessageAttributes: {
        ...attributes,
        setAsideReason: { DataType: 'String', StringValue: 'It is odd' },
        setAsideId: { DataType: 'String', StringValue: 'message-1' },
      },
    },
  ])
})

test('in a FIFO queue it keeps its group, and a second time within five minutes it is not there twice', async () => {
  const { sent, setAside } = queue(`${URL}.fifo`)
  await setAside({ id: 'message-1', body: '{}', reason: 'odd', groupId: 'a' }, signal)
  expect(sent).toMatchObject([{ MessageGroupId: 'a', MessageDeduplicationId: 'message-1' }])
})

test.each([
  ['', 'unknown'],
  ['no\u0000 \uD800\uFFFE\u001bway\n', 'no? ???way\n'],
  ['a word '.repeat(80), 'a word '.repeat(80).slice(0, 500)],
  ['password=hunter2', 'password=[redacted]'],
])('a reason is what SQS takes, and holds no secret: %j', async (reason, expected) => {
  const { sent, setAside } = queue()
  await setAside({ id: 'message-1', body: '{}', reason }, signal)
  expect(sent[0]?.MessageAttributes?.setAsideReason?.StringValue).toBe(expected)
})

test('a message has ten attributes at most', async () => {
  const { sent, setAside } = queue()
  const entries = Array.from({ length: 10 }, (_, index) => [`a${index}`, { DataType: 'Number', StringValue: '1' }])
  await setAside({ id: 'message-1', body: '{}', reason: 'odd', attributes: Object.fromEntries(entries) }, signal)
  expect(Object.keys(sent[0]?.MessageAttributes ?? {})).toHaveLength(10)
  expect(sent[0]?.MessageAttributes).toHaveProperty('setAsideReason')
})

test('a binary attribute, which Lambda gives as base64, is sent as its bytes', () => {
  const record = {
    ...toRecord({ id: '1', body: '{}' }),
    messageAttributes: { raw: { dataType: 'Binary', binaryValue: 'AQI=' } },
  }
  expect(toAside(record, 'odd').attributes).toEqual({ raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) } })
})

test('a failure is thrown', async () => {
  const setAside = createSetAside(
    fakeClient<Sqs>(() => Promise.reject(unavailable())),
    URL,
  )
  await expect(setAside({ id: 'message-1', body: '{}', reason: 'odd' }, signal)).rejects.toMatchObject({
    retryable: true,
  })
})
