import { createEraseLater } from '../../../functions/chat/store/erasure-queue.ts'
import { readErasureMessage } from '../../../functions/chat/uploads/erase.ts'
import { createSqs } from '../../../functions/shared/aws/sqs.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { answers, startServer } from '../../support/misbehaving-server.ts'

const saved = { ...process.env }
afterEach(() => {
  process.env = { ...saved }
})

async function queueOn(...sequence: Parameters<typeof startServer>) {
  const server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_ENDPOINT_URL: server.url,
  })
  const sqs = createSqs({ now: () => 0, random: () => 0, tryMs: 20_000 })
  return { server, eraseLater: createEraseLater({ sqs, queueUrl: 'https://q', random: () => 0, startTimer }) }
}
const { signal } = new AbortController()
const entriesOf = (body: string | undefined) => JSON.parse(body ?? '{}').Entries

test('content is erased at once, and again 15 minutes later if its upload may still be under way', async () => {
  const { server, eraseLater } = await queueOn(answers.json({ Successful: [], Failed: [] }))
  try {
    await eraseLater(
      [
        { objectKey: 'a', mayComeBack: false },
        { objectKey: 'b', mayComeBack: true },
      ],
      signal,
    )
    const [a, b] = ['a', 'b'].map((objectKey) => JSON.stringify({ objectKey }))
    expect(entriesOf(server.requests[0]?.body)).toEqual([
      { Id: '0', MessageBody: a },
      { Id: '1', MessageBody: b },
      { Id: '2', MessageBody: b, DelaySeconds: 900 },
    ])
    expect(readErasureMessage(JSON.parse(String(a)))).toEqual({ objectKey: 'a' })
  } finally {
    server.close()
  }
})

test('what the queue did not take is sent again, alone', async () => {
  const failed = { Id: '1', SenderFault: false, Code: 'ServiceUnavailable' }
  const { server, eraseLater } = await queueOn(
    answers.json({ Successful: [], Failed: [failed] }),
    answers.json({ Successful: [], Failed: [] }),
  )
  try {
    await eraseLater(
      [
        { objectKey: 'a', mayComeBack: false },
        { objectKey: 'b', mayComeBack: false },
      ],
      signal,
    )
    expect(entriesOf(server.requests[1]?.body).map(({ Id }: { Id: string }) => Id)).toEqual(['1'])
  } finally {
    server.close()
  }
})

test('a message without a key is poison', () => {
  expect(() => readErasureMessage({})).toThrow('objectKey is missing')
  expect(() => readErasureMessage(null)).toThrow('objectKey is missing')
})
