import { createPutEvents } from '../../../functions/shared/aws/eventbridge.ts'
import { type ClientOptions, logCallEvents } from '../../../functions/shared/aws/house-call.ts'
import { createSqs } from '../../../functions/shared/aws/sqs.ts'
import { REDACTED } from '../../../functions/shared/telemetry/redact-text.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

// What the policies do is shown with DynamoDB's client (test/shared/data/dynamodb.test.ts): these are the same.

const saved = { ...process.env }
let server: MisbehavingServer | undefined

afterEach(() => {
  server?.close()
  process.env = { ...saved }
})

const failing = answers.json({ __type: 'InternalException' }, 500)

async function clientOn<Client>(
  [create, variable]: [(options: ClientOptions) => Client, string],
  ...sequence: [Answer, ...Answer[]]
) {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    [variable]: server.url,
  })
  return create({ now: Date.now, random: () => 0 })
}
const eventBridge: [typeof createPutEvents, string] = [createPutEvents, 'AWS_ENDPOINT_URL_EVENTBRIDGE']
const queues: [typeof createSqs, string] = [createSqs, 'AWS_ENDPOINT_URL_SQS']
const entry = { EventBusName: 'a-bus', Source: 's', DetailType: 't', Detail: '{}', Time: 1 }

test('events are put under EventBridge’s own name, and tried again', async () => {
  const putEvents = await clientOn(eventBridge, failing, answers.json({ Entries: [{ EventId: 'e' }] }))
  expect(await putEvents({ Entries: [entry] })).toEqual({ Entries: [{ EventId: 'e' }] })
  const [, request] = server?.requests ?? []
  expect(JSON.parse(request?.body ?? '')).toEqual({ Entries: [entry] })
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSEvents.PutEvents',
  })
  expect(request?.headers.authorization).toContain('/eu-west-1/events/aws4_request')
})

test('events whose publisher has tries of its own are put once', async () => {
  const putEvents = await clientOn(eventBridge, failing)
  await expect(putEvents({ Entries: [entry] }, { once: true })).rejects.toMatchObject({ retryable: true })
  expect(server?.requests).toHaveLength(1)
})

test('messages are sent under the name of SQS, and tried again', async () => {
  const sqs = await clientOn(queues, failing, answers.json({ MessageId: 'm' }))
  const input = { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q', MessageBody: 'hello' }
  expect(await sqs('SendMessage', input)).toEqual({ MessageId: 'm' })
  const [, request] = server?.requests ?? []
  expect(JSON.parse(request?.body ?? '')).toEqual(input)
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AmazonSQS.SendMessage',
  })
  expect(request?.headers.authorization).toContain('/eu-west-1/sqs/aws4_request')
})

test('FAULTS makes either fail', async () => {
  const faults = ['events.PutEvents', 'sqs.SendMessage'].map((operation) => ({ operation, rate: 1, error: 'throttle' }))
  process.env.FAULTS = JSON.stringify(faults)
  const throttled = { cause: { name: 'ThrottlingException' } }
  const putEvents = await clientOn(eventBridge, answers.json({}))
  await expect(putEvents({ Entries: [entry] })).rejects.toMatchObject(throttled)
  server?.close()
  const sqs = await clientOn(queues, answers.json({}))
  await expect(sqs('SendMessage', { QueueUrl: 'q', MessageBody: 'hello' })).rejects.toMatchObject(throttled)
  expect(server?.requests).toEqual([])
})

test('a person is told what came of the policies, by service, and not of each try or refusal', () => {
  const { telemetry, lines } = recordedTelemetry()
  const tell = logCallEvents(telemetry.logger, 'sqs')
  const error = new Error('down')
  tell({ type: 'retrying', attempt: 1, delayMs: 5, error })
  tell({ type: 'timed-out', ms: 1000 })
  tell({ type: 'gave-up', attempt: 3, reason: 'attempts-used', error })
  tell({ type: 'gave-up', attempt: 1, reason: 'not-retryable', error })
  tell({ type: 'closed' })
  tell({ type: 'opened', openMs: 2000, error })
  tell({ type: 'injected', fault: { operation: 'sqs.SendMessage', rate: 1, latencyMs: 5, error: 'throttle' } })
  const down = { name: 'Error', message: 'down' }
  expect(lines).toMatchObject([
    { level: 'WARN', message: 'sqs gave-up', attempt: 3, reason: 'attempts-used', error: down },
    { level: 'INFO', message: 'sqs closed' },
    { level: 'WARN', message: 'sqs opened', open_ms: 2000, error: down },
    { level: 'WARN', message: 'sqs injected', operation: 'sqs.SendMessage', delay_ms: 5, fault: 'throttle' },
  ])
  expect(JSON.stringify(lines)).not.toContain(REDACTED)
})
