import {
  CreateQueueCommand,
  DeleteQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
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

/** Checks whether a queue with this policy accepts a message over plain HTTP. */
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

/** A policy that allows sending messages, and nothing else. */
const SENDING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }],
}

/** Calls IAM, whose client is not among the dependencies, as the root user of the local cloud. */
async function iam(Action: string, more: Record<string, string>): Promise<string> {
  const { accessKeyId } = sdkConfig.credentials
  const credential = `${accessKeyId}/20260101/${sdkConfig.region}/iam/aws4_request`
  const answer = await fetch(sdkConfig.endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Action, Version: '2010-05-08', ...more }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${Action} failed: ${text}`)
  return text
}

/** Creates a user who may do what the policy allows, and nothing else. */
async function userWith(policy: unknown): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const UserName = `corrections-${Date.now()}-${Math.random().toString(36).slice(2)}`
  await iam('CreateUser', { UserName })
  await iam('PutUserPolicy', { UserName, PolicyName: 'policy', PolicyDocument: JSON.stringify(policy) })
  const key = await iam('CreateAccessKey', { UserName })
  const textIn = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(key)?.[1] ?? ''
  return { accessKeyId: textIn('AccessKeyId'), secretAccessKey: textIn('SecretAccessKey') }
}

/** Checks whether a user with this policy may send one message, and a batch of messages. */
async function maySend(policy: unknown): Promise<boolean[]> {
  const QueueName = `corrections-${Date.now()}-${Math.random().toString(36).slice(2)}`
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }))
  const credentials = await userWith(policy)
  const user = new SQSClient({ ...sdkConfig, useQueueUrlAsEndpoint: false, credentials })
  const isAllowed = async (call: Promise<unknown>) => {
    try {
      await call
      return true
    } catch (error) {
      if (!/^AccessDenied/.test((error as Error).name)) throw error
      return false
    }
  }
  try {
    return [
      await isAllowed(user.send(new SendMessageCommand({ QueueUrl, MessageBody: 'body' }))),
      await isAllowed(
        user.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'body' }] })),
      ),
    ]
  } finally {
    user.destroy()
    await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  }
}

test('batch-action is still needed, and works', async () => {
  const template = { Resources: { Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: SENDING } } } }
  const correct = CORRECTIONS.find(({ name }) => name === 'batch-action')?.template
  const corrected = correct?.(template, localCloud()).Resources.Policy?.Properties?.PolicyDocument
  expect([await maySend(SENDING), await maySend(corrected)]).toEqual([
    [true, false],
    [true, true],
  ])
})
