import type { Sqs } from '../../../functions/shared/aws/sqs.ts'
import { createRetrySoon } from '../../../functions/shared/queue/retry-soon.ts'
import { toRecord } from './queue-model.ts'

const { signal } = new AbortController()

function records(count: number, receives: number) {
  return Array.from({ length: count }, (_, index) => {
    const record = toRecord({ id: `m${index}`, body: '{}', group: 'a' }, true)
    return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) } }
  })
}

/** Collects the timeouts that are asked for, and refuses as many. */
function fakeSqs(Failed: readonly object[] = []) {
  const asked: { QueueUrl: string; Entries: { VisibilityTimeout: number; ReceiptHandle: string }[] }[] = []
  const send = async ({ input }: { input: object }) => {
    asked.push(input as (typeof asked)[number])
    return { Failed }
  }
  return { asked, sqs: { send } as unknown as Sqs }
}

test.each([
  [1, 1],
  [2, 2],
  [5, 16],
  [8, 128],
  [9, 180],
  [15, 180],
])('after %i receives messages come again in %i seconds', async (receives, seconds) => {
  const { asked, sqs } = fakeSqs()
  await createRetrySoon(sqs, 'https://q')(records(2, receives), signal)
  expect(asked.map(({ QueueUrl }) => QueueUrl)).toEqual(['https://q'])
  expect(asked[0]?.Entries.map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([seconds, seconds])
})

test('many messages take several requests', async () => {
  const { asked, sqs } = fakeSqs()
  await createRetrySoon(sqs, 'https://q')(records(23, 1), signal)
  expect(asked.map(({ Entries }) => Entries.length)).toEqual([10, 10, 3])
})

test('a timeout that SQS refuses is an error', async () => {
  const { sqs } = fakeSqs([{ Id: '0', Code: 'ReceiptHandleIsInvalid' }])
  await expect(createRetrySoon(sqs, 'https://q')(records(1, 1), signal)).rejects.toThrow('ReceiptHandleIsInvalid')
})
