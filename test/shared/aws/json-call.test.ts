import { createJsonCall, endpointOf, type JsonCallOptions } from '../../../functions/shared/aws/json-call.ts'
import { timeout } from '../../../functions/shared/resilience/timeout.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'

// Against a real HTTP server that misbehaves: what is promised is what happens on the wire.

let server: MisbehavingServer | undefined

afterEach(() => server?.close())

const options: JsonCallOptions = {
  service: { name: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  region: 'eu-west-1',
  urlSuffix: 'amazonaws.com',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'the-session-token' },
  now: () => Date.parse('2026-01-02T03:04:05Z'),
}

async function callTo(...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  return createJsonCall({ ...options, endpoint: server.url })
}

test('sends the input as JSON to the operation, and gives the answer', async () => {
  const call = await callTo(answers.json({ Item: { pk: { S: 'ü' } } }))
  expect(await call('GetItem', { TableName: 'links', Key: { pk: { S: 'ü' } } })).toEqual({ Item: { pk: { S: 'ü' } } })
  const [request] = server?.requests ?? []
  expect(JSON.parse(request?.body ?? '')).toEqual({ TableName: 'links', Key: { pk: { S: 'ü' } } })
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.GetItem',
  })
})

test('signs with the role’s credentials, session token included, for the region and the injected time', async () => {
  const call = await callTo(answers.json({}))
  await call('GetItem', {})
  const headers = server?.requests[0]?.headers
  expect(headers?.['x-amz-security-token']).toBe('the-session-token')
  expect(headers?.['x-amz-date']).toBe('20260102T030405Z')
  expect(headers?.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=[^,]*host;[^,]*x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
  )
})

test('keeps its connection for the next call', async () => {
  const call = await callTo(answers.json({}))
  await call('GetItem', {})
  await call('GetItem', {})
  const [first, second] = server?.requests ?? []
  expect(second?.socket).toBe(first?.socket)
})

test('a refusal is an AwsError with the service’s own code, its message and its fields', async () => {
  const refusal = {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: { pk: { S: 'a' } },
  }
  const call = await callTo(answers.json(refusal, 400))
  await expect(call('PutItem', {})).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    code: 'ConditionalCheckFailedException',
    status: 400,
    message: 'The conditional request failed',
    fields: refusal,
  })
})

test.each<[string, Answer]>([
  ['a failure of the service', answers.json({ __type: 'InternalServerError' }, 500)],
  ['throttling', answers.json({ __type: 'ProvisionedThroughputExceededException' }, 400)],
  ['a page of a proxy', answers.text('<html>Bad Gateway</html>', 502)],
  ['an answer that is no JSON', answers.text('{"Item":')],
  ['a reset connection', answers.reset],
])('%s is a retryable AppError with its cause', async (_, answer) => {
  const call = await callTo(answer)
  await expect(call('GetItem', {})).rejects.toMatchObject({
    name: 'AppError',
    code: 'dependency-failed',
    retryable: true,
    cause: expect.anything(),
  })
})

test('a host that refuses connections is a retryable AppError', async () => {
  const call = createJsonCall({ ...options, endpoint: 'http://127.0.0.1:1' })
  await expect(call('GetItem', {})).rejects.toMatchObject({ code: 'dependency-failed', retryable: true })
})

test.each<[string, Answer]>([
  ['never answers', answers.hang],
  ['stalls within a body', answers.stall],
])('a server that %s is left when the signal aborts, and its connection with it', async (_, answer) => {
  const call = await callTo(answer)
  const timed = timeout({ ms: 100, startTimer })
  await expect(timed((signal) => call('GetItem', {}, signal))).rejects.toMatchObject({ code: 'timed-out' })
  const socket = server?.requests[0]?.socket
  if (socket && !socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
  expect(socket?.destroyed).toBe(true)
})

test('what is aborted rejects with the signal’s own reason', async () => {
  const call = await callTo(answers.hang)
  const controller = new AbortController()
  const calling = call('GetItem', {}, controller.signal)
  controller.abort(new Error('enough'))
  await expect(calling).rejects.toThrow('enough')
})

test.each([
  [{}, 'https://dynamodb.eu-west-1.amazonaws.com/'],
  [{ region: 'cn-north-1', urlSuffix: 'amazonaws.com.cn' }, 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
  [{ endpoint: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
])('%j is called at %s', (overrides, url) => {
  expect(endpointOf({ ...options, ...overrides }).href).toBe(url)
})
