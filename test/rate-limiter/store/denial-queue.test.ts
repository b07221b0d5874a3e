import { createPublishLater, createSendDenials } from '../../../functions/rate-limiter/store/denial-queue.ts'
import { answers, startServer } from '../../support/misbehaving-server.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { TENANT } from '../a-policy.ts'
import { aMessage, MINUTE } from '../denials/denial-world.ts'

const { signal } = new AbortController()
const ended = { tenant: TENANT, policy: 'writes', minute: MINUTE }
const sqs = await startServer(answers.json({ MessageId: '1' }))
afterAll(() => sqs.close())
Object.assign(process.env, {
  AWS_ENDPOINT_URL: sqs.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKID',
  AWS_SECRET_ACCESS_KEY: 'secret',
})
const QueueUrl = `${sqs.url}/1/denials`

/** The request that a caller at this time makes of SQS. */
async function sentAt(now: number, send: (caller: Parameters<typeof createPublishLater>[0]) => Promise<void>) {
  await send({ now: () => now, random: () => 0, logger: silentTelemetry().logger })
  return JSON.parse(sqs.requests.at(-1)?.body ?? '')
}
const askedAt = (ms: number) =>
  sentAt(Date.parse(MINUTE) + ms, (caller) => createPublishLater(caller, QueueUrl)(ended, signal))

test.each([
  ['two minutes at its start', 0, 120],
  ['until a minute after its end, in whole seconds', 59_500, 61],
  ['a minute when it is over', 600_000, 60],
  ['as long as SQS can, for a clock that is far behind', -3_600_000, 900],
])('the reminder of a minute is held back: %s', async (_, ms, DelaySeconds) => {
  expect(await askedAt(ms)).toEqual({ QueueUrl, MessageBody: JSON.stringify({ ended }), DelaySeconds })
})

test('denials are not held back', async () => {
  const message = aMessage('1', [['a', 1]])
  const body = await sentAt(0, (caller) => createSendDenials(caller, QueueUrl)(message, signal))
  expect(body).toEqual({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds: 0 })
})
