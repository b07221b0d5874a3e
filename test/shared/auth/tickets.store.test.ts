import { randomBytes } from 'node:crypto'
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  createTickets,
  TICKET_SECONDS,
  type TicketHolder,
  type Tickets,
  ticketKey,
} from '../../../functions/shared/auth/tickets.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
const holder: TicketHolder = { tenant: 'acme', user: 'user-1', scopes: new Set(['chat', 'chat:admin']) }
const START = 1_773_342_238_500
let time = START
let tableName: string
let tickets: Tickets

beforeAll(async () => {
  tableName = await ownTable()
  tickets = createTickets({ client, tableName, now: () => time, randomBytes })
})
beforeEach(() => {
  time = START
})

test('a ticket is taken once, by whom it was issued for', async () => {
  const ticket = await tickets.issue(holder, signal)
  expect(await tickets.take(ticket, signal)).toEqual(holder)
  expect(await tickets.take(ticket, signal)).toBeUndefined()
})

test('of ten takers at the same moment exactly one gets the holder', async () => {
  const ticket = await tickets.issue(holder, signal)
  const taken = await Promise.all(Array.from({ length: 10 }, () => tickets.take(ticket, signal)))
  expect(taken.filter((one) => one !== undefined)).toEqual([holder])
})

test('a holder may have no scopes', async () => {
  const ticket = await tickets.issue({ ...holder, scopes: new Set() }, signal)
  expect(await tickets.take(ticket, signal)).toEqual({ ...holder, scopes: new Set() })
})

test('a ticket is good to the last millisecond of its time, and refused from then on though its item is there', async () => {
  const [one, other] = [await tickets.issue(holder, signal), await tickets.issue(holder, signal)]
  time = START + TICKET_SECONDS * 1000 - 1
  expect(await tickets.take(one, signal)).toEqual(holder)
  time += 1
  expect(await tickets.take(other, signal)).toBeUndefined()
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: ticketKey(other) }))
  expect(Item?.ttl).toEqual({ N: String(Math.ceil(START / 1000) + TICKET_SECONDS) })
})

test.each([
  '',
  'a',
  'x'.repeat(43),
  'x'.repeat(5000),
  `${'x'.repeat(42)}#`,
])('a ticket that nobody issued is refused: %.50s', async (ticket) => {
  expect(await tickets.take(ticket, signal)).toBeUndefined()
})

test('a ticket of another table is refused', async () => {
  const others = createTickets({ client, tableName: await ownTable(), now: () => time, randomBytes })
  expect(await tickets.take(await others.issue(holder, signal), signal)).toBeUndefined()
})

test('a ticket has 256 bits, and the table has only its hash', async () => {
  const ticket = await tickets.issue(holder, signal)
  expect(Buffer.from(ticket, 'base64url')).toHaveLength(32)
  const { Items } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }))
  expect(Items).not.toEqual([])
  expect(JSON.stringify(Items)).not.toContain(ticket)
})
