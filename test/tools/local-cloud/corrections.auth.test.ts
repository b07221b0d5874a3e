import { CreateQueueCommand, DeleteQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { CORRECTIONS } from '../../../tools/local-cloud/corrections.ts'
import { localCloud } from '../../../tools/support/settings.ts'
import { sdkConfig } from '../../support/cloud.ts'

const sqs = new SQSClient({ ...sdkConfig, useQueueUrlAsEndpoint: false })
afterAll(() => sqs.destroy())

const PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
}

/** Tells if a queue with this policy accepts a message over plain HTTP. */
async function takes(policy: unknown): Promise<boolean> {
  const QueueName = `corrections-${Date.now()}-${Math.random().toString(36).slice(2)}`
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: { Policy: JSON.stringify(policy) } }),
  )
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'body' }))
    return true
  } catch (error) {
    if ((error as Error).name !== 'AccessDenied') throw error
    return false
  } finally {
    // The queue's policy denies deletion, too.
    await sqs.send(new DeleteQueueCommand({ QueueUrl })).catch(() => {})
  }
}

test('tls-only-policies is still needed, and works', async () => {
  const template = { Resources: { Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument } } } }
  const correct = CORRECTIONS.find(({ name }) => name === 'tls-only-policies')?.template
  const corrected = correct?.(template, localCloud()).Resources.Policy?.Properties?.PolicyDocument
  expect([await takes(PolicyDocument), await takes(corrected)]).toEqual([false, true])
})
