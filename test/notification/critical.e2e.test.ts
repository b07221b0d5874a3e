import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { sdkConfig } from '../support/cloud.ts'
import { steadily } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aSender } from './deployed.ts'

const lambda = new LambdaClient(sdkConfig)
afterAll(() => lambda.destroy())

/** Runs `work` while the table's stream sends nothing to workers: others' notifications wait as long. */
async function withoutDispatch(work: () => Promise<void>): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}))
  const mapping = EventSourceMappings.find(({ FunctionArn }) => FunctionArn?.includes('Notification-DispatchFunction'))
  if (!mapping) throw new Error('Dispatch reads no stream.')
  const { UUID } = mapping
  const set = (Enabled: boolean) => lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
  await set(false)
  try {
    await work()
  } finally {
    await set(true)
  }
}

/** @proves notification/critical-not-behind-bulk */
test('what is critical passes a stream that stands still, and is sent once when that goes on', async () => {
  const sender = await aSender()
  await sender.category()
  const to = { email: 'on-call@example.com' }
  let normal = ''
  await withoutDispatch(async () => {
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
})
