import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { sdkConfig } from '../support/cloud.ts'
import { eventually, steadily } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { undisturbed } from '../support/undisturbed.ts'
import { queueUrl, without } from './consumers.ts'
import { aSender, DELIVERED, type Sender } from './deployed.ts'
import { CAUSE } from './notifications.ts'

const sqs = new SQSClient(sdkConfig)
afterAll(() => sqs.destroy())

/** @proves notification/critical-not-behind-bulk */
test('what is critical passes a stream that stands still, and is sent once when that goes on', () =>
  undisturbed(passesTheStream))

async function passesTheStream() {
  const sender = await aSender()
  await sender.category({ onUncertain: 'drop' })
  const to = { email: 'on-call@example.com' }
  let normal = ''
  await without('Dispatch', async () => {
    normal = await sender.send()
    const critical = await sender.send({ to, priority: 'critical' })
    const recipients = [{ to: { email: 'second@example.com' } }]
    const content = { subject: 'Alarm', text: 'Disk full' }
    const bulk = { category: 'orders', priority: 'critical', content, recipients }
    const { results } = answered(207, await sender.call('POST /v1/notifications/bulk', bulk)).json
    await sender.until(critical, 'delivered')
    await sender.until(results[0].id, 'delivered')
    expect(answered(200, await sender.call(`GET /v1/notifications/${normal}`)).json.status).toBe('accepted')
  })
  await sender.until(normal, 'delivered')
  // The stream's message comes ten seconds after the other, and finds nothing to do.
  await steadily(async () => expect(await sender.outbox(to.email)).toHaveLength(1), { forMs: 12_000 })
}

/** Publishes to a topic with one subscriber, and returns the id of the broadcast. */
async function publish({ call }: Sender, { user, priority }: { user: string; priority: string }): Promise<string> {
  answered(201, await call(`PUT /v1/users/${user}`, { email: `${user}@example.com` }))
  answered(201, await call(`PUT /v1/topics/of-${user}/subscribers/${user}`))
  const message = { category: 'orders', priority, content: { subject: 'Alarm', text: 'Disk full' } }
  return answered(202, await call(`POST /v1/topics/of-${user}/publish`, message)).json.broadcastId
}

const done = ({ call }: Sender, id: string, patience = {}) =>
  eventually(async () => {
    const progress = answered(200, await call(`GET /v1/broadcasts/${id}`)).json
    expect(progress).toEqual({ status: 'done', total: 1, queued: 1, done: 1, failed: 0 })
  }, patience)

/** @proves notification/critical-not-behind-bulk */
test('a critical broadcast passes those that wait for their worker', async () => {
  const sender = await aSender()
  await sender.category()
  let waiting = ''
  await without('Broadcast', async () => {
    waiting = await publish(sender, { user: 'ann', priority: 'bulk' })
    await done(sender, await publish(sender, { user: 'bob', priority: 'critical' }))
    const { json } = answered(200, await sender.call(`GET /v1/broadcasts/${waiting}`))
    expect(json).toMatchObject({ status: 'running', queued: 0 })
  })
  await done(sender, waiting, DELIVERED)
})

/** @proves notification/critical-not-behind-bulk */
test('the notifications of a critical broadcast pass a stream that stands still, and are sent once', async () => {
  const sender = await aSender()
  // A mail that may have been sent is not sent again.
  await sender.category({ onUncertain: 'drop' })
  await without('Dispatch', async () => {
    const id = await publish(sender, { user: 'ann', priority: 'critical' })
    const turn = { tenant: sender.tenant, id, priority: 'critical', cause: CAUSE }
    const QueueUrl = queueUrl('CriticalBroadcastsQueue')
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(turn), MessageGroupId: 'stream' }))
    await done(sender, id)
  })
  await steadily(async () => expect(await sender.outbox('ann@example.com')).toHaveLength(1), { forMs: 12_000 })
})
