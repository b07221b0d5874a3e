import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type CallEvent, logCallEvents } from '../../../functions/shared/aws/create-send.ts'
import { createDynamoDB, prewarm } from '../../../functions/shared/aws/dynamodb.ts'
import { REDACTED } from '../../../functions/shared/telemetry/redact-text.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const saved = { ...process.env }
let server: MisbehavingServer | undefined
let events: CallEvent[]

afterEach(() => {
  server?.close()
  process.env = { ...saved }
})

const found = answers.json({ Item: { pk: { S: 'found' } } })
const failing = answers.json({ __type: 'InternalServerError' }, 500)

async function dynamodbOn(...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB: server.url,
  })
  events = []
  // No time passes for budget and circuit breaker, however busy the machine is.
  return createDynamoDB({ now: () => 0, random: () => 0, onEvent: (event) => events.push(event) })
}
const key = { TableName: 'links', Key: { pk: { S: 'a' } } }

test('a read is tried again after a failure and a reset, at DynamoDB’s own endpoint', async () => {
  const dynamodb = await dynamodbOn(failing, answers.reset, found)
  expect(await dynamodb.send(new GetItemCommand(key))).toMatchObject({ Item: { pk: { S: 'found' } } })
  expect(server?.requests).toHaveLength(3)
  expect(events.map(({ type }) => type)).toEqual(['retrying', 'retrying'])
})

test('it gives up after the third failure, with an error that may be tried again later', async () => {
  const dynamodb = await dynamodbOn(failing)
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({
    code: 'dependency-failed',
    retryable: true,
  })
  expect(server?.requests).toHaveLength(3)
})

test('a call that must not happen twice is tried once', async () => {
  const dynamodb = await dynamodbOn(failing, found)
  await expect(dynamodb.send(new UpdateItemCommand(key), { once: true })).rejects.toMatchObject({
    code: 'dependency-failed',
  })
  expect(server?.requests).toHaveLength(1)
})

test('a call that is tried once may have a timeout of its own', async () => {
  const dynamodb = await dynamodbOn(answers.hang)
  const once = dynamodb.send(new UpdateItemCommand(key), { once: true, onceMs: 20 })
  await expect(once).rejects.toMatchObject({ code: 'timed-out', message: 'No answer within 20 ms' })
})

test('a refusal is not tried again', async () => {
  const dynamodb = await dynamodbOn(answers.json({ __type: 'ValidationException' }, 400))
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({ name: 'ValidationException' })
  expect(server?.requests).toHaveLength(1)
})

test('TRY_MS overrides the timeout of an attempt', async () => {
  process.env.TRY_MS = '20'
  const dynamodb = await dynamodbOn(answers.hang)
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({ message: 'No answer within 20 ms' })
})

test('a server that never answers costs a second a try, and no more than the deadline', async () => {
  const dynamodb = await dynamodbOn(answers.hang)
  // Just before a third try would begin: the second one has time to come to the server.
  const deadline = AbortSignal.timeout(1900)
  await expect(dynamodb.send(new GetItemCommand(key), { signal: deadline })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  expect(server?.requests).toHaveLength(2)
  expect(events).toContainEqual({ type: 'timed-out', ms: 1000 })
})

test('after ten failures the circuit opens: DynamoDB is spared, and the caller the wait', async () => {
  const dynamodb = await dynamodbOn(failing)
  const attempts = Array.from({ length: 10 }, () =>
    dynamodb.send(new GetItemCommand(key), { once: true }).catch(() => undefined),
  )
  await Promise.all(attempts)
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({ code: 'circuit-open' })
  expect(server?.requests).toHaveLength(10)
})

test('FAULTS makes an operation fail that would not', async () => {
  process.env.FAULTS = JSON.stringify([{ operation: 'dynamodb.GetItem', rate: 1, error: 'throttle' }])
  const dynamodb = await dynamodbOn(found)
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({ cause: { name: 'ThrottlingException' } })
  await expect(dynamodb.send(new PutItemCommand({ ...key, Item: {} }))).resolves.toBeDefined()
})

test('prewarming fails for no reason, and waits a second at most', async () => {
  await expect(prewarm(() => Promise.reject(new Error('down')))).resolves.toBeUndefined()
  await expect(prewarm(() => new Promise(() => {}))).resolves.toBeUndefined()
})

test('commands of lib-dynamodb take and give plain values, and leave out what is undefined', async () => {
  const dynamodb = await dynamodbOn(answers.json({ Item: { pk: { S: 'a' }, count: { N: '2' } } }))
  const { Item } = await dynamodb.send(new GetCommand({ TableName: 'links', Key: { pk: 'a' } }))
  expect(Item).toEqual({ pk: 'a', count: 2 })
  await dynamodb.send(new PutCommand({ TableName: 'links', Item: { pk: 'a', count: 2, title: undefined } }))
  expect(server?.requests.map(({ body }) => JSON.parse(body))).toEqual([
    { TableName: 'links', Key: { pk: { S: 'a' } } },
    { TableName: 'links', Item: { pk: { S: 'a' }, count: { N: '2' } } },
  ])
})

test('an operation has the SDK’s name in FAULTS, whichever package its command is of', async () => {
  process.env.FAULTS = JSON.stringify([{ operation: 'dynamodb.UpdateItem', rate: 1, error: 'server' }])
  const dynamodb = await dynamodbOn(found)
  const update = { TableName: 'links', Key: { pk: 'a' } }
  await expect(dynamodb.send(new UpdateCommand(update))).rejects.toMatchObject({ code: 'dependency-failed' })
  await expect(dynamodb.send(new UpdateItemCommand(key))).rejects.toMatchObject({ code: 'dependency-failed' })
  expect(server?.requests).toEqual([])
})

test('the log has the outcome of the policies, by service, and not each attempt or refusal', () => {
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
