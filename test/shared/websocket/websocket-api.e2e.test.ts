import { randomBytes } from 'node:crypto'
import { createTickets, TICKET_SECONDS, type TicketHolder } from '../../../functions/shared/auth/tickets.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { upgradeStatus, useSockets } from '../../support/socket.ts'
import { useWebSocketStack } from '../../support/websocket-stack.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
const stack = useWebSocketStack()
const open = useSockets()

const holder: TicketHolder = { tenant: newTenant(), user: 'user-1', scopes: new Set(['chat', 'chat:admin']) }
const issue = (now = Date.now()) =>
  createTickets({ client, tableName: stack().tableName, now: () => now, randomBytes }).issue(holder, signal)
const connect = async () => open(stack().url, await issue())

test('a ticket opens one connection, on which its holder is known', async () => {
  const ticket = await issue()
  const before = Date.now()
  const socket = await open(stack().url, ticket)
  const who = await socket.send('who')
  expect(who).toMatchObject({ ok: true, tenant: holder.tenant, user: 'user-1', scopes: ['chat', 'chat:admin'] })
  expect(await upgradeStatus(stack().url, ticket)).toBe(403)
  expect(who.connectedAt).toBeGreaterThanOrEqual(before)
  expect(await socket.send('who')).toEqual({ ...who, id: expect.any(String) })
})

test('of ten upgrades with one ticket at the same moment exactly one succeeds', async () => {
  const ticket = await issue()
  const statuses = await Promise.all(Array.from({ length: 10 }, () => upgradeStatus(stack().url, ticket)))
  expect(statuses.filter((status) => status === 101)).toHaveLength(1)
})

test('without a valid ticket the upgrade is refused', async () => {
  expect(await upgradeStatus(stack().url)).toBe(401)
  expect(await upgradeStatus(stack().url, '')).toBe(401)
  expect(await upgradeStatus(stack().url, randomBytes(32).toString('base64url'))).toBe(403)
  expect(await upgradeStatus(stack().url, await issue(Date.now() - TICKET_SECONDS * 1000))).toBe(403)
  await expect(open(stack().url, 'made-up')).rejects.toThrow('refused')
})

test('no line of a log has a ticket', async () => {
  const ticket = await issue()
  expect(await upgradeStatus(stack().url, ticket)).toBe(101)
  expect(await upgradeStatus(stack().url, ticket)).toBe(403)
  const lines = await eventually(async () => {
    const logged = await stack().logLines('Authorizer')
    expect(logged.filter((line) => line.includes('"outcome":"denied"'))).not.toEqual([])
    return logged
  })
  expect(lines.filter((line) => line.includes(ticket))).toEqual([])
})

test('what is no frame, or no action, is refused with INVALID, and the connection stays', async () => {
  const socket = await connect()
  const refused = ['hello', '[]', '{"v":2,"action":"who","id":"v"}', '{"v":1,"action":"$connect","id":"c"}']
  for (const [index, message] of refused.entries()) {
    socket.sendRaw(message)
    await eventually(async () => expect(socket.frames).toHaveLength(index + 1))
  }
  expect(socket.frames.map(({ t, id, ok, code }) => [t, id, ok, code])).toEqual(
    [null, null, 'v', 'c'].map((id) => ['ack', id, false, 'INVALID']),
  )
  expect(await socket.send('who')).toMatchObject({ ok: true })
})

test('a failed action is UNAVAILABLE, and says no more', async () => {
  const socket = await connect()
  expect(await socket.send('fail')).toEqual({
    t: 'ack',
    id: expect.any(String),
    ok: false,
    code: 'UNAVAILABLE',
    message: 'Something went wrong on our side.',
  })
})

test('a function that crashes tells a client no more than that, and the connection stays', async () => {
  const socket = await connect()
  socket.sendRaw('{"v":1,"action":"crash","id":"x"}')
  expect(await socket.awaitFrame(({ message }) => message !== undefined)).toEqual({
    message: 'Internal server error',
    connectionId: expect.any(String),
    requestId: expect.any(String),
  })
  expect(await socket.send('who')).toMatchObject({ ok: true })
})

test('a function posts to another connection, sees that it is open, and closes it', async () => {
  const [sender, receiver] = [await connect(), await connect()]
  const { connectionId: to } = await receiver.send('who')
  expect(await sender.send('post', { to, text: 'grüße 👋' })).toMatchObject({ outcome: 'sent' })
  expect(await receiver.awaitFrame(({ t }) => t === 'text')).toEqual({ t: 'text', text: 'grüße 👋' })
  expect(await sender.send('look', { to })).toMatchObject({ isOpen: true })
  expect(await sender.send('close', { to })).toMatchObject({ outcome: 'closed' })
  await receiver.closed
  expect(await sender.send('post', { to, text: 'late' })).toMatchObject({ outcome: 'gone' })
  expect(await sender.send('close', { to })).toMatchObject({ outcome: 'gone' })
  expect(await sender.send('look', { to })).toMatchObject({ isOpen: false })
})
