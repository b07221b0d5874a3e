import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { minuteOf } from '../../../functions/rate-limiter/domain/denials.ts'
import { createPublishLater, createSendDenials } from '../../../functions/rate-limiter/store/denial-queue.ts'
import { sdkConfig, setFunctionEnvironment } from '../../support/cloud.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { TENANT } from '../a-policy.ts'
import { aMessage } from '../denials/denial-world.ts'
import { unique } from '../deployed.ts'

setFunctionEnvironment()
// A message that was sent twice would be counted twice: no call on a busy machine is tried again.
process.env.TRY_MS = '20000'
const { signal } = new AbortController()
const caller = { now: Date.now, random: Math.random, logger: silentTelemetry().logger }
const sqs = new SQSClient(sdkConfig)
const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `denials-${unique()}` }))
afterAll(async () => {
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  sqs.destroy()
})

async function numbers() {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesDelayed: delayed } = { ...Attributes }
  return { visible, delayed }
}

test('SQS holds the reminder of a minute back, and hands denials over at once', async () => {
  const ended = { tenant: TENANT, policy: 'writes', minute: minuteOf(Date.now()) }
  await createPublishLater(caller, QueueUrl)(ended, signal)
  expect(await numbers()).toEqual({ visible: '0', delayed: '1' })
  await createSendDenials(caller, QueueUrl)(aMessage('1', [['a', 1]]), signal)
  expect(await numbers()).toEqual({ visible: '1', delayed: '1' })
})
