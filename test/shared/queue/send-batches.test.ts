import type { SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../../functions/shared/aws/sqs.ts'
import { createSendBatches } from '../../../functions/shared/queue/send-batches.ts'

const { signal } = new AbortController()

/** A queue that refuses the messages whose turn it is, and remembers what it was asked to take. */
function queue(refuse: (body: string | undefined, call: number) => boolean = () => false) {
  const asked: (string | undefined)[][] = []
  const sqs = {
    async send({ input }: { input: object }) {
      const { Entries } = input as { Entries: SendMessageBatchRequestEntry[] }
      const call = asked.push(Entries.map(({ MessageBody }) => MessageBody))
      return {
        Failed: Entries.filter(({ MessageBody }) => refuse(MessageBody, call)).map(({ Id }) => ({ Id, Code: 'Busy' })),
      }
    },
  } as unknown as Sqs
  const startTimer = (callback: () => void) => {
    queueMicrotask(callback)
    return () => {}
  }
  const send = createSendBatches({ sqs, queueUrl: 'https://q', random: () => 0, startTimer })
  return {
    asked,
    send: (bodies: readonly string[]) =>
      send(
        bodies.map((MessageBody) => ({ MessageBody })),
        signal,
      ),
  }
}

const bodies = (count: number) => Array.from({ length: count }, (_, index) => String(index))

test('messages are sent ten at a time, in order', async () => {
  const { asked, send } = queue()
  await send(bodies(23))
  expect(asked.map(({ length }) => length)).toEqual([10, 10, 3])
  expect(asked.flat()).toEqual(bodies(23))
})

test('only messages that were refused are sent again, before those of the next request', async () => {
  const { asked, send } = queue((body, call) => call === 1 && (body === '3' || body === '7'))
  await send(bodies(12))
  expect(asked).toEqual([bodies(10), ['3', '7'], ['10', '11']])
})

test('a message that is refused each time fails the call after four tries, and later ones are not sent', async () => {
  const { asked, send } = queue((body) => body === '0')
  await expect(send(bodies(11))).rejects.toMatchObject({ code: 'dependency-failed', retryable: true })
  expect(asked).toEqual([bodies(10), ['0'], ['0'], ['0']])
})

test('nothing is sent where there is nothing to send', async () => {
  const { asked, send } = queue()
  await send([])
  expect(asked).toEqual([])
})
