import {
  type Connections,
  connectionsOfEnvironment,
  createConnections,
} from '../../../functions/shared/aws/connections.ts'
import type { CallEvent } from '../../../functions/shared/aws/create-send.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const saved = { ...process.env }
let server: MisbehavingServer | undefined
let events: CallEvent[]

afterEach(() => {
  server?.close()
  process.env = { ...saved }
})

/** An answer as API Gateway gives it. */
const answer =
  (status: number, type?: string): Answer =>
  (response) => {
    response.statusCode = status
    if (type) response.setHeader('x-amzn-ErrorType', type)
    response.end(status < 400 ? '' : JSON.stringify({ message: type ?? '' }))
  }

async function connectionsOn(...sequence: [Answer, ...Answer[]]): Promise<Connections> {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  })
  events = []
  // No time passes for budget and circuit breaker, however busy the machine is.
  return createConnections({
    endpoint: `${server.url}/live`,
    now: () => 0,
    random: () => 0,
    tryMs: 20_000,
    onEvent: (event) => events.push(event),
  })
}

test('a text is posted to the connection below the stage, signed for its service, in UTF-8', async () => {
  const connections = await connectionsOn(answer(200))
  expect(await connections.post('L0SM9cOFvHcCIhw=', '{"t":"grüße"}')).toBe('sent')
  const [request] = server?.requests ?? []
  expect([request?.method, request?.url]).toEqual(['POST', '/live/@connections/L0SM9cOFvHcCIhw%3D'])
  expect(request?.body).toBe('{"t":"grüße"}')
  expect(request?.headers.authorization).toContain('/eu-west-1/execute-api/aws4_request')
})

test.each<[string, Answer]>([
  ['a connection that is gone', answer(410, 'GoneException')],
  ['one whose exception has no name', answer(410)],
])('%s is an outcome of each operation, after one request', async (_, gone) => {
  const connections = await connectionsOn(gone)
  expect(await connections.post('a', 'hello')).toBe('gone')
  expect(await connections.close('a')).toBe('gone')
  expect(await connections.isOpen('a')).toBe(false)
  expect(server?.requests).toHaveLength(3)
})

test('an open connection can be seen, and closed', async () => {
  const connections = await connectionsOn(
    answers.json({ connectedAt: '2026-03-12T19:03:58.000Z', lastActiveAt: '2026-03-12T19:03:58.000Z' }),
    answer(204),
  )
  expect(await connections.isOpen('a')).toBe(true)
  expect(await connections.close('a')).toBe('closed')
  expect(server?.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
})

test.each<[string, Answer]>([
  ['by its name', answer(429, 'LimitExceededException')],
  ['by its status alone', answer(429)],
])('throttling, %s, is an outcome after three attempts', async (_, throttled) => {
  const connections = await connectionsOn(throttled)
  expect(await connections.post('a', 'hello')).toBe('throttled')
  expect(server?.requests).toHaveLength(3)
})

test('a caller that retries throttled frames itself gets the outcome of one attempt', async () => {
  const connections = await connectionsOn(answer(429, 'LimitExceededException'))
  expect(await connections.post('a', 'hello', { once: true })).toBe('throttled')
  expect(server?.requests).toHaveLength(1)
})

test('throttling never opens the circuit: it is not an outage', async () => {
  const connections = await connectionsOn(answer(429, 'LimitExceededException'))
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => connections.post('a', 'hello', { once: true })))
  expect(new Set(outcomes)).toEqual(new Set(['throttled']))
  expect(events.map(({ type }) => type)).not.toContain('opened')
})

test('a frame above 128 KB is too large, and is not sent', async () => {
  const connections = await connectionsOn(answer(200))
  expect(await connections.post('a', 'ü'.repeat(64 * 1024))).toBe('sent')
  expect(await connections.post('a', `${'ü'.repeat(64 * 1024)}x`)).toBe('too-large')
  expect(server?.requests).toHaveLength(1)
})

test('API Gateway’s own refusal of a large frame is the same outcome', async () => {
  const connections = await connectionsOn(answer(413, 'PayloadTooLargeException'))
  expect(await connections.post('a', 'hello')).toBe('too-large')
})

test('a frame is sent again after a failure', async () => {
  const connections = await connectionsOn(answer(500), answers.reset, answer(200))
  expect(await connections.post('a', 'hello')).toBe('sent')
})

test.each<[string, Answer, object]>([
  ['a failure', answer(500), { code: 'dependency-failed', retryable: true }],
  ['a missing permission', answer(403, 'ForbiddenException'), { name: 'ForbiddenException' }],
])('%s is an error', async (_, failure, error) => {
  const connections = await connectionsOn(failure)
  await expect(connections.post('a', 'hello')).rejects.toMatchObject(error)
  await expect(connections.close('a')).rejects.toMatchObject(error)
  await expect(connections.isOpen('a')).rejects.toMatchObject(error)
})

test('the stack names the stage in WEBSOCKET_ENDPOINT', async () => {
  await connectionsOn(answer(200))
  const { telemetry } = recordedTelemetry()
  const options = { now: () => 0, random: () => 0, logger: telemetry.logger }
  expect(() => connectionsOfEnvironment(options)).toThrow('WEBSOCKET_ENDPOINT')
  process.env.WEBSOCKET_ENDPOINT = `${server?.url}/other`
  process.env.TRY_MS = '20000'
  expect(await connectionsOfEnvironment(options).post('a', 'hello')).toBe('sent')
  expect(server?.requests[0]?.url).toContain('/other/')
})
