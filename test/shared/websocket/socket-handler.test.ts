import * as z from 'zod/mini'
import { AppError } from '../../../functions/shared/errors.ts'
import { text } from '../../../functions/shared/http/validate.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { action } from '../../../functions/shared/websocket/action.ts'
import {
  SOCKET_METRICS,
  type SocketAction,
  type SocketContext,
  type SocketHandlerOptions,
  socketHandler,
} from '../../../functions/shared/websocket/socket-handler.ts'
import { lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { CONNECTION, type SocketEventOptions, socketEvent } from '../../support/socket-events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

function handlerOf(options: Pick<SocketHandlerOptions, 'actions' | 'connect' | 'disconnect'>) {
  const { telemetry, lines } = recordedTelemetry()
  const metrics = createMetrics({ namespace: 'Test/Sockets', names: SOCKET_METRICS, stack: 'a-stack' })
  const handler = socketHandler({ ...telemetry, metrics, ...options })
  const call = (event: SocketEventOptions) => handler(socketEvent(event), lambdaContext())
  const ackOf = async (body: unknown) => {
    const { statusCode, body: ack } = await call({ body })
    return { statusCode, ...JSON.parse(String(ack)) }
  }
  return { call, ackOf, lines }
}

const frame = { v: 1, action: 'greet', id: 'a' }
const greet: SocketAction = async ({ fields }) => ({ ok: true, greeting: `hello ${fields.name}` })
const failing = (error: unknown) =>
  handlerOf({
    actions: {
      async greet() {
        throw error
      },
    },
  })

test('an action is answered with its result in an ack, which is the function’s response', async () => {
  const { ackOf, lines } = handlerOf({ actions: { greet } })
  expect(await ackOf({ ...frame, name: 'you' })).toEqual({
    statusCode: 200,
    t: 'ack',
    id: 'a',
    ok: true,
    greeting: 'hello you',
  })
  expect(lines).toMatchObject([
    { message: 'invocation', route: 'MESSAGE', action: 'greet', ack: 'ok', connection_id: CONNECTION.connectionId },
  ])
})

test('an action gets the connection, the cause of its effects and a deadline', async () => {
  let seen: SocketContext | undefined
  const { ackOf } = handlerOf({
    actions: {
      async greet(_, context) {
        seen = context
        return { ok: true }
      },
    },
  })
  await ackOf(frame)
  expect(seen?.connection).toEqual(CONNECTION)
  expect(seen?.cause).toMatchObject({ correlationId: REQUEST_ID, causationId: null })
  expect(seen?.signal.aborted).toBe(false)
})

test('a result can’t replace the id or the type of its ack', async () => {
  const { ackOf } = handlerOf({ actions: { greet: async () => ({ ok: true, t: 'other', id: 'other' }) } })
  expect(await ackOf(frame)).toMatchObject({ t: 'ack', id: 'a' })
})

test('a refusal has its code, its message and the time to wait', async () => {
  const refusal = { ok: false, code: 'RATE_LIMITED', message: 'Wait.', retryAfterMs: 200 } as const
  const { ackOf, lines } = handlerOf({ actions: { greet: async () => refusal } })
  expect(await ackOf(frame)).toEqual({ statusCode: 200, t: 'ack', id: 'a', ...refusal })
  expect(lines).toMatchObject([{ ack: 'RATE_LIMITED' }])
  expect(lines[0]).not.toHaveProperty('SocketEventsFailed')
})

test('a message that is no frame is refused as INVALID, and the connection stays', async () => {
  const { ackOf, lines } = handlerOf({ actions: { greet } })
  expect(await ackOf('hello')).toMatchObject({ statusCode: 200, t: 'ack', id: null, ok: false, code: 'INVALID' })
  expect(lines).toMatchObject([{ ack: 'INVALID' }])
})

test.each([
  'other',
  'toString',
  '__proto__',
  '$connect',
  '',
])('an action %j is unknown, and not logged', async (name) => {
  const { ackOf, lines } = handlerOf({ actions: { greet } })
  expect(await ackOf({ ...frame, action: name })).toMatchObject({
    id: 'a',
    ok: false,
    code: 'INVALID',
    message: `There is no action "${name}".`,
  })
  expect(lines.map((line) => line.action)).toEqual([undefined])
})

test('a long action is quoted in part', async () => {
  const { message } = await handlerOf({}).ackOf({ ...frame, action: 'x'.repeat(20_000) })
  expect(message.length).toBeLessThan(200)
})

describe('an error of an action is UNAVAILABLE and leaks nothing', () => {
  const SECRET = 'table ChatTable-1F2E3D is on fire'

  test.each([
    ['an Error', new Error(SECRET)],
    ['a string', SECRET],
    ['undefined', undefined],
    ['an AppError that is not retryable', new AppError('dependency-failed', SECRET)],
  ])('%s', async (_, error) => {
    const { ackOf, lines } = failing(error)
    const ack = await ackOf(frame)
    expect(ack).toEqual({
      statusCode: 200,
      t: 'ack',
      id: 'a',
      ok: false,
      code: 'UNAVAILABLE',
      message: 'Something went wrong on our side.',
    })
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['ERROR', 'socket event failed'],
      ['INFO', 'invocation'],
    ])
    expect(lines[1]).toMatchObject({ ack: 'UNAVAILABLE', SocketEventsFailed: 1 })
  })

  test('a retryable AppError says when to try again', async () => {
    const { ackOf } = failing(new AppError('timed-out', SECRET, { retryable: true }))
    const ack = await ackOf(frame)
    expect(ack).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1000 })
    expect(JSON.stringify(ack)).not.toContain(SECRET)
  })

  test('a connection without an authorizer', async () => {
    const { call, lines } = handlerOf({ actions: { greet } })
    const { body } = await call({ body: frame, authorizer: null })
    expect(JSON.parse(String(body))).toMatchObject({ id: 'a', code: 'UNAVAILABLE' })
    expect(lines[0]).toMatchObject({ error: { message: expect.stringContaining('ticketAuthorizer') } })
  })
})

test('a result that JSON cannot hold is UNAVAILABLE, and not a crash', async () => {
  const { ackOf } = handlerOf({ actions: { greet: async () => ({ ok: true, count: 1n }) } })
  expect(await ackOf(frame)).toMatchObject({ id: 'a', ok: false, code: 'UNAVAILABLE' })
})

test('an ack is well-formed, whatever the client sent', async () => {
  const { body } = await handlerOf({ actions: { greet } }).call({
    body: String.raw`{"v":1,"action":"greet","id":"a","name":"\ud83d"}`,
  })
  expect(JSON.parse(String(body)).greeting).toBe('hello \ufffd')
})

describe('an action with a schema', () => {
  const { ackOf } = handlerOf({
    actions: {
      greet: action(z.strictObject({ name: text(z.minLength(1)) }), async ({ name }) => ({ ok: true, name })),
    },
  })

  test('gets the fields that match it', async () => {
    expect(await ackOf({ ...frame, name: 'you' })).toMatchObject({ ok: true, name: 'you' })
  })

  test.each([
    [{}, 'The frame is invalid: name is required.'],
    [{ name: '' }, 'The frame is invalid: name must have at least 1 character.'],
    [{ name: 1, other: 2 }, 'The frame is invalid: name must be a string; other is not a field of this request.'],
  ])('refuses %j as INVALID, and names what is wrong', async (fields, message) => {
    expect(await ackOf({ ...frame, ...fields })).toMatchObject({ id: 'a', ok: false, code: 'INVALID', message })
  })

  test('names the first errors of many', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}`.padStart(200, 'x'), 1]))
    const { message } = await ackOf({ ...frame, name: 'you', ...many })
    expect(message).toContain('and 95 more errors')
    expect(message.length).toBeLessThan(1000)
  })
})

describe('the opening and the end of a connection', () => {
  test('are told apart by the event’s type', async () => {
    const events: string[] = []
    const { call, lines } = handlerOf({
      connect: async ({ connection }) => events.push(`+${connection.user}`),
      disconnect: async ({ connection }) => events.push(`-${connection.user}`),
    })
    expect(await call({ type: 'CONNECT' })).toEqual({ statusCode: 200 })
    expect(await call({ type: 'DISCONNECT' })).toEqual({ statusCode: 200 })
    expect(events).toEqual(['+user-1', '-user-1'])
    expect(lines).toMatchObject([{ route: 'CONNECT' }, { route: 'DISCONNECT', disconnect_code: 1001 }])
  })

  test('is nothing if the authorizer refused the connection', async () => {
    const events: string[] = []
    const { call, lines } = handlerOf({ disconnect: async ({ connection }) => events.push(connection.user) })
    expect(await call({ type: 'DISCONNECT', authorizer: null })).toEqual({ statusCode: 200 })
    expect([events, lines.map(({ outcome }) => outcome)]).toEqual([[], ['denied']])
  })

  test('need no function', async () => {
    expect(await handlerOf({}).call({ type: 'CONNECT' })).toEqual({ statusCode: 200 })
  })

  test.each([
    [new Error('broken'), 500],
    [new AppError('dependency-failed', 'slow', { retryable: true }), 503],
  ])('answer %s with %d, which refuses an upgrade', async (error, statusCode) => {
    const connect = () => Promise.reject(error)
    const { call, lines } = handlerOf({ connect })
    expect(await call({ type: 'CONNECT' })).toEqual({ statusCode })
    expect(lines).toMatchObject([
      { message: 'socket event failed' },
      { SocketEventsFailed: 1, http_status: statusCode },
    ])
  })
})
